"""Makes assets/fonts/ from Debian's `fonts-inter`: three weights with only the needed characters.

Run by hand with fonttools installed: ``python interface_font.py FOLDER_WITH_Inter-*.otf``.

Qt's own font database groups faces by name ID 1, where Inter says "Inter SemiBold"; a style
sheet's ``font-weight: 600`` would not find it. So name IDs 1 and 2 become "Inter" and the weight.

The outlines become TrueType's: Qt darkens the stems of cubic ones and blends them by a gamma that
gives light text on a dark ground half as much ink again as dark text on a light one.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

CHARACTERS = (
    "U+0020-007E,U+00A0-017F,U+018F,U+0192,U+01E6-01E7,U+0218-021B,U+0300-0304,U+0306-030C,U+0327,"
    "U+0370-03FF,U+1E9E,U+1D62-1D6A,U+2000-206F,U+2070-209C,U+20A0-20BF,U+2100-214F,U+2150-215F,"
    "U+2190-22FF,U+2318,U+2500-2501,U+25A0-25FF,U+2713,U+2717"
)
FEATURES = "kern,liga,calt,tnum,lnum,ccmp,mark,mkmk,locl,zero,case,subs,sups,frac"
TARGET = Path(__file__).resolve().parents[2] / "assets" / "fonts"
LARGEST_ERROR_EM = 0.0004
"""How far a quadratic curve may lie from the cubic one it stands for: a hundredth of a pixel."""


def main(folder: Path) -> None:
    """Subset, convert and rename each weight."""
    for weight in ("Regular", "Medium", "SemiBold"):
        out = TARGET / f"Inter-{weight}.ttf"
        subset.main(
            [
                str(folder / f"Inter-{weight}.otf"),
                f"--unicodes={CHARACTERS}",
                f"--layout-features={FEATURES}",
                f"--output-file={out}",
            ]
        )
        font = TTFont(out)
        redraw(font)
        join_words(font)
        for record in list(font["name"].names):
            if record.nameID == 1:
                record.string = "Inter"
            elif record.nameID == 2:
                record.string = weight
        font.save(out)


def join_words(font: TTFont) -> None:
    """Remove the hyphen from the tabular figures, where it is as wide as a minus."""
    table, hyphen = font["GSUB"].table, font.getBestCmap()[ord("-")]
    rules = {
        record.FeatureTag: table.LookupList.Lookup[record.Feature.LookupListIndex[0]].SubTable[0]
        for record in table.FeatureList.FeatureRecord
    }
    raised = rules["case"].mapping[hyphen]  # between capitals
    for glyph in (hyphen, raised):
        rules["tnum"].mapping.pop(glyph, None)


def redraw(font: TTFont) -> None:
    """Replace cubic outlines by quadratic ones."""
    glyphs, order = font.getGlyphSet(), font.getGlyphOrder()
    drawn = {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        largest = LARGEST_ERROR_EM * font["head"].unitsPerEm
        glyphs[name].draw(Cu2QuPen(pen, largest, reverse_direction=True))
        drawn[name] = pen.glyph()
    del font["CFF "]
    if "VORG" in font:
        del font["VORG"]
    font["loca"] = newTable("loca")
    font["glyf"] = outlines = newTable("glyf")
    outlines.glyphOrder, outlines.glyphs = order, drawn
    maxima = font["maxp"]
    maxima.tableVersion = 0x00010000
    for field in (
        *("maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs"),
        *("maxStackElements", "maxSizeOfInstructions", "maxComponentElements"),
        *("maxPoints", "maxContours", "maxCompositePoints", "maxCompositeContours"),
        "maxComponentDepth",
    ):
        setattr(maxima, field, int(field == "maxZones"))
    font["post"].formatType = 3.0
    font.sfntVersion = "\000\001\000\000"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
