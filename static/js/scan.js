/** Looks for QR codes through the camera. Pictures and pasted text are plain forms and need none of this. */

import { SECOND, enhance, even } from "./basics.js";
import "./unread.js";

const EVERY = SECOND / 4; // four frames a second are the most that the site wants
const PIXELS = 400_000; // of a frame, and its bytes
const PATIENCE = 12 * SECOND; // then the page says what may help
const STILL = 4 * SECOND; // a camera that is silent for longer is dead
const FAILURES = 3; // in a row, and the site is unreachable
const PROBLEMS = { NotAllowedError: "denied", NotFoundError: "missing" };

const none = () => null;
const stop = (stream) => stream?.getTracks().forEach((track) => track.stop());

/** The browser's own reader, where there is one for QR codes. */
async function ownReader() {
  const formats = await globalThis.BarcodeDetector?.getSupportedFormats().catch(none);
  return formats?.includes("qr_code") && new BarcodeDetector({ formats: ["qr_code"] });
}

/** Grey values, a byte a pixel, of the whole video or of the square in its middle, where codes are larger. */
function grey(video, context, isWhole) {
  const all = [video.videoWidth, video.videoHeight];
  const part = isWhole ? all : all.map(() => Math.min(...all));
  const scale = Math.min(1, Math.sqrt(PIXELS / (part[0] * part[1])));
  const [width, height] = part.map((side) => Math.floor(side * scale));
  const corner = all.map((side, axis) => (side - part[axis]) / 2);
  Object.assign(context.canvas, { width, height });
  context.drawImage(video, ...corner, ...part, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(width * height);
  for (let at = 0; at < pixels.length; at += 1)
    pixels[at] = (data[4 * at] * 77 + data[4 * at + 1] * 150 + data[4 * at + 2] * 29) >> 8;
  return { width, height, pixels };
}

/** Light, zoom and the choice of a camera, as far as there is any; `change` starts another camera. */
function controls(part, change) {
  const find = (selector) => part.querySelector(selector);
  const [torch, zoom, cameras] = ["[data-torch]", "[data-zoom]", "select"].map(find);
  let track;
  const set = (wish) => track.applyConstraints({ advanced: [wish] }).catch(none);
  zoom.addEventListener("input", () => set({ zoom: Number(zoom.value) }));
  cameras.addEventListener("change", () => change(cameras.value));
  torch.addEventListener("click", () => {
    torch.ariaPressed = String(torch.ariaPressed !== "true");
    set({ torch: torch.ariaPressed === "true" });
  });
  return async (current) => {
    track = current;
    const devices = track ? await navigator.mediaDevices.enumerateDevices() : [];
    if (track !== current) return;
    const can = track?.getCapabilities?.() ?? {};
    const { deviceId, zoom: value } = track?.getSettings() ?? {};
    const found = devices.filter((one) => one.kind === "videoinput");
    torch.hidden = !can.torch;
    torch.ariaPressed = "false";
    zoom.parentElement.hidden = !can.zoom;
    Object.assign(zoom, can.zoom, { value });
    cameras.parentElement.hidden = found.length < 2;
    cameras.replaceChildren(...found.map((one, at) => new Option(one.label || at + 1, one.deviceId)));
    cameras.value = deviceId;
  };
}

/** Every start is a turn of its own: what comes in late for an earlier one is dropped. */
function scan(part) {
  const find = (selector) => part.querySelector(selector);
  const [video, start, form] = ["video", "[data-start]", "form"].map(find);
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const words = start.textContent;
  let [turn, stream, lock, reader, frames, failures] = [0, null, null, null, 0, 0];

  const show = (name) => {
    for (const one of part.querySelectorAll("[data-state]"))
      one.hidden = !one.dataset.state.split(" ").includes(name);
  };

  /** The camera goes off; the page says why. */
  const halt = (state) => {
    turn += 1;
    stop(stream);
    lock?.then((awake) => awake?.release());
    stream = lock = video.srcObject = null;
    video.hidden = true;
    start.textContent = words;
    control(null);
    show(state);
  };

  const begin = async (deviceId) => {
    halt("asking");
    const mine = turn;
    const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "environment" };
    start.textContent = start.dataset.stop;
    try {
      const wish = { ...which, width: 1920, height: 1080 };
      const opened = await navigator.mediaDevices.getUserMedia({ video: wish });
      if (mine !== turn) return stop(opened);
      stream = video.srcObject = opened;
      if (document.hidden) return halt("paused");
      video.hidden = false;
      await video.play();
      reader = await ownReader();
      if (mine === turn) await look(mine);
    } catch (error) {
      if (mine === turn) halt(PROBLEMS[error.name] ?? "busy");
    }
  };
  const control = controls(part, begin);

  const look = async (mine) => {
    const [track] = stream.getVideoTracks();
    const begun = even();
    let alive = begun;
    failures = 0;
    control(track);
    lock = navigator.wakeLock?.request("screen").catch(none);
    while (mine === turn) {
      const asked = even();
      show(asked - begun > PATIENCE ? "slow" : "looking");
      if (!track.muted && track.readyState === "live" && video.readyState > 1) alive = asked;
      if (asked - alive > STILL) return halt("stopped");
      if (asked === alive) await read(mine);
      await new Promise((done) => setTimeout(done, EVERY * (1 + 2 * failures) + asked - even()));
    }
  };

  /** What the browser reads; where it cannot, or loses characters, what the site reads. */
  const read = async (mine) => {
    const codes = reader && (await reader.detect(video).catch(none));
    if (mine !== turn) return;
    const texts = codes && codes.map((code) => code.rawValue).filter(Boolean);
    if (!texts || texts.some((text) => text.includes("\ufffd"))) await readThere(mine);
    else if (texts.length) hand("browser", texts);
  };

  const readThere = async (mine) => {
    const { width, height, pixels } = grey(video, context, (frames += 1) % 2);
    const answer = await fetch(`${part.dataset.frames}?width=${width}&height=${height}`, {
      method: "POST",
      body: pixels,
      headers: { "Content-Type": "application/octet-stream", "X-CSRFToken": form.csrf_token.value },
      signal: AbortSignal.timeout?.(10 * SECOND),
    }).catch(none);
    const found = answer?.status === 200 && (await answer.json().catch(none));
    if (mine !== turn) return;
    failures = answer?.ok ? 0 : failures + 1;
    if (found) hand("site", [found.text]);
    else if (answer?.status === 400) halt("stale");
    else if (failures === FAILURES) halt("unreachable");
  };

  /** The next page says what it is. */
  const hand = (by, texts) => {
    halt("found");
    form.seen.value = JSON.stringify(texts);
    form.reader.value = by;
    form.submit();
  };

  start.addEventListener("click", () => (start.textContent === words ? begin() : halt("")));
  document.addEventListener("visibilitychange", () => document.hidden && stream && halt("paused"));
  addEventListener("pagehide", () => halt(""));
  part.hidden = false;
  if (navigator.mediaDevices?.getUserMedia) return;
  start.hidden = true;
  show("missing");
}

enhance({ scan });
