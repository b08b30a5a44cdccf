"""What lenses, light, screens and people do to the picture of a code, each in three grades.

Everything is computed from the picture alone: the same on every run. What makes a picture hard to read is
told in modules of the code, for a code is as sharp as its modules are large.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps
from PIL.Image import Resampling

from tests.scan.codes import CONTENTS, file_of, picture, some_bytes

GRADES: Final = (1, 2, 3)
PAPER: Final = 215  # the grey of paper in a room


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture of a code, and the text that should be read from it."""

    kind: str
    grade: int
    content: str = field(repr=False)
    image: Image.Image = field(repr=False)


def shots(kind: str) -> Iterator[Shot]:
    """Every content in every grade of one kind; the modules have 3 to 6 pixels."""
    for number, content in enumerate(CONTENTS.values()):
        module = 3 + number % 4
        clean = _picture(content, module)
        for grade in GRADES:
            yield Shot(kind, grade, content, KINDS[kind](clean, module, grade))


@cache
def _picture(content: str, module: int) -> Image.Image:
    return picture(content, module=module)


def blur(code: Image.Image, module: int, grade: int) -> Image.Image:
    """Out of focus: standard deviations of 0.4, 0.55 and 0.7 modules. The last is more than anybody reads."""
    return on_a_page(code).filter(ImageFilter.GaussianBlur((0.4, 0.55, 0.7)[grade - 1] * module))


def shaken(code: Image.Image, module: int, grade: int) -> Image.Image:
    """Moved sideways while the shutter was open: by 0.75, 1 and 1.25 modules."""
    page = moved = on_a_page(code)
    for step in range(1, round((0.75, 1, 1.25)[grade - 1] * module) + 1):
        moved = Image.blend(moved, ImageChops.offset(page, step, 0), 1 / (step + 1))
    return moved


def perspective(code: Image.Image, module: int, grade: int) -> Image.Image:
    """From the side: the far edge has 82, 67 and 56 per cent of the size of the near one."""
    lean = (0.5, 1, 1.4)[grade - 1]
    return seen(on_a_page(code, margin=0.75), lean_x=lean, lean_y=lean / 4)


def rotation(code: Image.Image, module: int, grade: int) -> Image.Image:
    """By 9, 45 and 158 degrees."""
    page = on_a_page(code)
    return page.rotate((9, 45, 158)[grade - 1], Resampling.BICUBIC, expand=True, fillcolor=PAPER)


def low_contrast(code: Image.Image, module: int, grade: int) -> Image.Image:
    """Printed with little ink: 64, 32 and 16 of 256 greys between dark and light, and some noise."""
    span = (64, 32, 16)[grade - 1]
    return noisy(levels(on_a_page(code), 110, 110 + span), span / 12)


def noise(code: Image.Image, module: int, grade: int) -> Image.Image:
    """In a dim room: standard deviations of 30, 55 and 80 of 256 greys."""
    return noisy(on_a_page(code), (30, 55, 80)[grade - 1])


def inverted(code: Image.Image, module: int, grade: int) -> Image.Image:
    """Light on dark, as a dark screen shows it, and ever fainter."""
    return levels(on_a_page(ImageOps.invert(code), grey=30), 0, (255, 150, 70)[grade - 1])


def small(code: Image.Image, module: int, grade: int) -> Image.Image:
    """From afar: 2, 1.6 and 1.3 pixels a module."""
    scale = (2, 1.6, 1.3)[grade - 1] / module
    page = on_a_page(code)
    return page.resize((round(page.width * scale), round(page.height * scale)), Resampling.BOX)


def uneven_light(code: Image.Image, module: int, grade: int) -> Image.Image:
    """A lamp on one side: the other one gets 40, 25 and 12 per cent of its light."""
    page = on_a_page(code)
    least = (102, 64, 31)[grade - 1]
    light = levels(Image.linear_gradient("L").resize(page.size).rotate(30), least, 255)
    return ImageChops.multiply(page, light)


def shadow(code: Image.Image, module: int, grade: int) -> Image.Image:
    """The hand with the phone stands in the light: 50, 35 and 22 per cent are left behind its edge."""
    page = on_a_page(code)
    light = Image.new("L", page.size, 255)
    edge = [(0, 0), (page.width * 0.7, 0), (page.width * 0.3, page.height), (0, page.height)]
    ImageDraw.Draw(light).polygon(edge, fill=(128, 90, 56)[grade - 1])
    return ImageChops.multiply(page, light.filter(ImageFilter.GaussianBlur(module)))


def glare(code: Image.Image, module: int, grade: int) -> Image.Image:
    """A lamp in glossy paper: a white spot over 16, 20 and 24 per cent of the code's width, then fading."""
    page = on_a_page(code)
    reach = code.width * (0.16, 0.2, 0.24)[grade - 1]
    x, y = page.width * 0.55, page.height * 0.55
    spot = Image.new("L", page.size, 0)
    ImageDraw.Draw(spot).ellipse((x - reach, y - reach / 2, x + reach, y + reach / 2), fill=255)
    return ImageChops.lighter(page, spot.filter(ImageFilter.GaussianBlur(reach / 2)))


def jpeg(code: Image.Image, module: int, grade: int) -> Image.Image:
    """Sent through a messenger: qualities 20, 10 and 5."""
    return squeezed(on_a_page(code), (20, 10, 5)[grade - 1])


def phone(code: Image.Image, module: int, grade: int) -> Image.Image:
    """A bit of everything, as people do it; in the last grade more than anybody reads."""
    turned = on_a_page(code, margin=0.4).rotate(7 * grade, Resampling.BICUBIC, fillcolor=PAPER)
    leaning = seen(turned, lean_x=0.1 * grade, lean_y=0.08 * grade)
    soft = leaning.filter(ImageFilter.GaussianBlur(0.2 * grade * module))
    light = levels(Image.linear_gradient("L").resize(soft.size), 255 - 40 * grade, 255)
    return squeezed(noisy(ImageChops.multiply(soft, light), 6 * grade), 80 - 20 * grade)


KINDS: Final[dict[str, Callable[[Image.Image, int, int], Image.Image]]] = {
    "blur": blur,
    "shaken": shaken,
    "perspective": perspective,
    "rotation": rotation,
    "low contrast": low_contrast,
    "noise": noise,
    "inverted": inverted,
    "small": small,
    "uneven light": uneven_light,
    "shadow": shadow,
    "glare": glare,
    "jpeg": jpeg,
    "phone": phone,
}


def on_a_page(code: Image.Image, *, grey: int = PAPER, margin: float = 0.25) -> Image.Image:
    """On a larger sheet: nobody cuts pictures out exactly. The margin is a part of the code's width."""
    return ImageOps.expand(code, round(code.width * margin), fill=grey)


def levels(image: Image.Image, dark: int, light: int) -> Image.Image:
    """Black becomes `dark` and white `light`."""
    return image.point([dark + (light - dark) * value // 255 for value in range(256)])


def noisy(image: Image.Image, deviation: float) -> Image.Image:
    """With noise that is nearly normal: the mean of four even ones."""
    pixels = image.width * image.height
    one, two, three, four = (
        Image.frombytes("L", image.size, some_bytes(pixels, f"noise {layer}")) for layer in range(4)
    )
    mean = Image.blend(Image.blend(one, two, 0.5), Image.blend(three, four, 0.5), 0.5)
    scale = deviation / (256 / 48**0.5)  # by the standard deviation of such a mean
    lighter, darker = (
        mean.point([max(0, min(255, round(sign * scale * (value - 128)))) for value in range(256)])
        for sign in (1, -1)
    )
    return ImageChops.subtract(ImageChops.add(image, lighter), darker)


def squeezed(image: Image.Image, quality: int) -> Image.Image:
    """Written as JPEG and read again."""
    return Image.open(BytesIO(file_of(image, "JPEG", quality=quality))).convert("L")


def seen(image: Image.Image, *, lean_x: float, lean_y: float) -> Image.Image:
    """In perspective: the right and the lower side come nearer, and the middle stays where it is.

    With the middle as origin, the point (x, y) shows what was at (x / w, y / w), w = 1 + gx + hy.
    """
    x, y = image.width / 2, image.height / 2
    g, h = lean_x / image.width, lean_y / image.height
    away = g * x + h * y
    source = (1 + g * x, h * x, -x * away, g * y, 1 + h * y, -y * away, g, h)
    return image.transform(
        image.size,
        Image.Transform.PERSPECTIVE,
        [one / (1 - away) for one in source],
        Resampling.BICUBIC,
        fillcolor=PAPER,
    )
