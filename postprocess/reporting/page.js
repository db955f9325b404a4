// Shows one snapshot at a time. Without it the page holds the first, the middle and the last one.
(() => {
  const viewer = document.querySelector(".viewer");
  const controls = viewer && viewer.querySelector(".controls");
  if (!controls) return;
  const frames = [...viewer.querySelectorAll(".frame")];
  const slider = document.getElementById("frame"), label = document.getElementById("frame-label");
  const marks = [...controls.querySelectorAll("[data-frame]")], play = document.getElementById("play");
  let timer = 0;

  const show = (index) => {
    frames.forEach((frame, each) => { frame.hidden = each !== index; });
    marks.forEach((mark) => mark.setAttribute("aria-pressed", String(Number(mark.dataset.frame) === index)));
    slider.value = String(index);
    slider.setAttribute("aria-valuetext", frames[index].dataset.label);
    label.textContent = frames[index].dataset.label;
  };
  const stop = () => { clearInterval(timer); timer = 0; play.textContent = "Play"; label.setAttribute("aria-live", "polite"); };
  const advance = () => {
    const next = Number(slider.value) + 1;
    if (next >= frames.length) stop(); else show(next);
  };

  slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
  marks.forEach((mark) => mark.addEventListener("click", () => { stop(); show(Number(mark.dataset.frame)); }));
  play.addEventListener("click", () => {
    if (timer) { stop(); return; }
    if (Number(slider.value) === frames.length - 1) show(0);
    play.textContent = "Pause";
    label.setAttribute("aria-live", "off");  // a reader would be talked over
    timer = setInterval(advance, 700);
  });
  frames.forEach((frame) => { frame.querySelector("h3").hidden = true; });
  controls.hidden = false;
  show(frames.length - 1);
  addEventListener("beforeprint", () => { frames.forEach((frame, index) => {
    frame.hidden = !marks.some((mark) => Number(mark.dataset.frame) === index); frame.querySelector("h3").hidden = false; }); });
})();
