"""A camera whose pictures a test chooses. Chromium takes them from a file, each time the camera starts."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PIL import Image, ImageFilter

from tests.scan.codes import picture

SIZE: Final = (1280, 720)
ROOM: Final = 150
"""The grey of the wall behind a screen."""

# A reader such as phones have. It reads no pixels: the test says what it sees wherever there is a picture.
READER: Final = """
    window.BarcodeDetector = class {
      static getSupportedFormats() { return Promise.resolve(["aztec", "qr_code"]); }
      async detect(video) {
        return video.videoWidth ? (await window.sees()).map((rawValue) => ({ rawValue })) : [];
      }
    };
"""
# Remembers the video that the page shows, what it asks of its camera, and who keeps the screen awake.
WITNESS: Final = """
    window.wishes = [];
    window.awake = 0;
    MediaStreamTrack.prototype.applyConstraints = async (wish) => window.wishes.push(wish.advanced[0]);
    Object.defineProperty(Navigator.prototype, "wakeLock", { get: () => ({
      request: async () => {
        window.awake += 1;
        return { release: async () => { window.awake -= 1; } };
      },
    }) });
    const open = MediaDevices.prototype.getUserMedia;
    MediaDevices.prototype.getUserMedia = async function (wanted) {
      window.wanted = wanted;
      return (window.stream = await open.call(this, wanted));
    };
"""


@dataclass
class Camera:
    """What it sees from its next start on; nothing but a wall at first."""

    file: Path
    switches: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        source = f"--use-file-for-fake-video-capture={self.file}"
        self.switches = ("--use-fake-device-for-media-stream", source)
        self.sees_nothing()

    def sees_nothing(self) -> None:
        self._sees(Image.new("L", SIZE, ROOM))

    def sees(self, text: str) -> None:
        """A screen with a QR code on it, seen slightly out of focus and from an angle."""
        view, code = Image.new("L", SIZE, ROOM), picture(text)
        side = round(SIZE[1] * 0.8)
        screen = code.resize((side, side), Image.Resampling.BICUBIC).rotate(4, fillcolor=ROOM, expand=True)
        view.paste(screen, ((SIZE[0] - screen.width) // 2, (SIZE[1] - screen.height) // 2))
        self._sees(view.filter(ImageFilter.GaussianBlur(1)))

    def _sees(self, view: Image.Image) -> None:
        """Write the picture as a film of YUV4MPEG2 without colour."""
        colour = bytes([128]) * (view.width * view.height // 2)
        head = f"YUV4MPEG2 W{view.width} H{view.height} F30:1 Ip A1:1 C420jpeg\n".encode()
        self.file.write_bytes(head + 2 * (b"FRAME\n" + view.tobytes() + colour))
