// Where the playback is: a view and a number of steps that have run. Everything else follows from it.

const Player = {
  view: null,
  grids: null,
  count: 0,                                            // steps that have run; step count - 1 is lit
  state: null,
  timer: null,
  speed: 2,

  open(view) {
    this.pause();
    this.view = view;
    this.grids = new Grids(view, document.getElementById("arrays"));
    this.count = -1;
    this.seek(0);
  },

  // Show the state after `count` steps.
  seek(count, speak = true) {
    count = Math.min(Math.max(count, 0), this.view.length);
    if (count === this.count + 1 && count > 0 && this.state) this.view.apply(this.state, count - 1);
    else this.state = this.view.after(count);
    this.count = count;
    this.grids.fill(this.state);
    this.grids.step(count - 1);
    Equation.show(this.view, count - 1, speak && !this.timer);
    Listing.show(this.view, count - 1);
    Surface.show(this.view, count);
    Inspect.show(this.view, this.grids, null);
    this.changed();
  },

  // The first step of the next or of the previous window.
  leap(direction) {
    const step = this.view.steps[Math.max(this.count - 1, 0)];
    if (direction > 0) this.seek(this.count === 0 ? 1 : step.window.last + 2);
    else this.seek(this.count - 1 > step.window.first ? step.window.first + 1 : this.count < 2 ? 0 :
      this.view.steps[this.count - 2].window.first + 1);
  },

  play() {
    if (this.count === this.view.length) this.seek(0);
    this.pause();
    this.timer = setInterval(() => this.tick(), 1000 / this.speed);
    this.tick();
  },

  tick() {
    const stage = this.view.stageOf(this.count - 1);
    this.seek(this.count + 1);
    if (this.count === 1 || this.view.stageOf(this.count - 1) !== stage) this.grids.follow(this.count - 1);
    if (this.count === this.view.length) this.pause();
  },

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.changed();
  },

  toggle() { if (this.timer) this.pause(); else this.play(); },

  faster(speed) {
    this.speed = speed;
    if (this.timer) this.play();
  },

  changed() {},                                        // page.js shows it
};
