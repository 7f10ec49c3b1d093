import importlib.util
import pathlib
import subprocess
import sys

# This cell installs minicnn if this Python does not have it: from the folder of the project around this notebook, or from a
# wheel. To use a wheel (in Colab: upload it first), write its path here, such as "/content/minicnn-0.1.0-py3-none-any.whl".
WHEEL = ""

if importlib.util.find_spec("minicnn") is None:
    folders = [pathlib.Path.cwd(), *pathlib.Path.cwd().parents]
    project = next((str(folder) for folder in folders if (folder / "minicnn" / "gradcheck").is_dir()), None)
    if not WHEEL and not project:
        raise SystemExit("minicnn is not installed, and this notebook does not lie in the project's folder. Make a wheel in "
                         "that folder with 'python -m pip wheel --no-deps .', and write its path into WHEEL above.")
    source = [WHEEL] if WHEEL else ["--editable", project]
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *source], check=True)
    sys.path += [] if WHEEL else [project]      # this Python has started: it does not see an editable installation yet
    importlib.invalidate_caches()

if importlib.util.find_spec("minicnn.gradcheck") is None:
    raise SystemExit("The minicnn that is installed here is another project of this name: python -m pip uninstall minicnn")
