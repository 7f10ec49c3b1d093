"""The playground: a page in the browser that runs on this engine. `minicnn playground` serves it to this machine alone.

    server.py     HTTP, and who may ask: only this machine, only with the token, only in limits
    routes.py     which question leads to which function
    network.py    the network that people draw for: its answer, its gradients, one learning step, undo
    zoom.py       one value inside the network: the numbers it was computed from
    wire.py       arrays as bytes of pictures
    training.py   a training in a process of its own: start, pause, resume, what it reports
    child.py      that process; broken.py trains with one of the museum's bugs
    static/       the page. JavaScript draws and sends; it computes nothing
"""
