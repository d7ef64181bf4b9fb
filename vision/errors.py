"""The errors of this package, each with its values and an English sentence."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, unique
from functools import partial
from typing import Final

from vision.reasons import fill_reasons


@unique
class Fault(Enum):
    """All faults in what the user supplies, as sentence templates."""

    FILE_MISSING = "{file}: there is no such file. Check the path."
    FILE_ELSEWHERE = (
        "{file} is an address on the network. Pictures are opened from files: save it, then open "
        "that file."
    )
    FILE_UNREADABLE = "{file}: the file cannot be read ({reason}). Check its permissions."
    FILE_NOT_A_FILE = "{file}: this is a device or a pipe and no file. Choose a file."
    FILE_TOO_LARGE = (
        "{file}: the file has {megabytes} MB; at most {limit_megabytes} MB are read. "
        "Choose a smaller one."
    )
    FILE_UNWRITABLE = (
        "{file}: the file cannot be written ({reason}). Choose another folder or make room."
    )
    FOLDER_IS_FILE = (
        "{file}: this is a file, and the pictures are written into a folder. Name a folder, or one "
        "that is not there yet."
    )
    PICTURE_EMPTY = "{file}: the file is empty. Choose another picture."
    PICTURE_NOT_A_PICTURE = (
        "{file}: this is no picture that can be read. "
        "Give a JPEG, PNG, GIF, BMP, WebP, AVIF, HEIC, TIFF or PNM file."
    )
    PICTURE_IS_VIDEO = (
        "{file}: this is a video, and videos open in the window only. Give pictures here."
    )
    PICTURE_FOREIGN = (
        "{file}: this picture is of the kind {kind}, which cannot be read here. "
        "Save it as PNG or JPEG with another program."
    )
    PICTURE_TRUNCATED = "{file}: the picture breaks off before its end. Copy or download it again."
    PICTURE_DAMAGED = (
        "{file}: the picture is damaged and cannot be decoded. Copy or download it again."
    )
    PICTURE_UNDECODED = (
        "{file}: the picture cannot be decoded: it is damaged, or of a kind that is not read here. "
        "Save it as PNG or JPEG with another program."
    )
    PICTURE_TOO_LARGE = (
        "{file}: the picture is {width} x {height} pixels and would need {megabytes} MB; "
        "the limit is {limit_megabytes} MB. Make it smaller first."
    )
    FOLDER_WITHOUT_PICTURES = (
        "{file}: the folder holds no picture. Choose a folder with JPEG, PNG or other pictures."
    )
    MODEL_EMPTY = "{file}: the model file is empty. Copy or download it again."
    MODEL_FOREIGN = (
        "{file}: this is {kind}, which needs its own library. Export the model as ONNX with {how}."
    )
    MODEL_NOT_A_MODEL = (
        "{file}: this is no model that can be read ({reason}). Give an ONNX, TFLite or Caffe file."
    )
    MODEL_UNSUPPORTED = (
        "{file}: the model was read, but OpenCV cannot run it ({reason}). "
        "Export it again with other operators or a lower opset."
    )
    MODEL_SHAPELESS = (
        "{file}: the file does not say which shape {name} has, and it does not follow from the "
        "operators. Export the model again with the shapes of its input and outputs."
    )
    MODEL_NEEDS_DATA = (
        "{file}: some of the model's weights lie in another file, {name}, which is missing. Put it "
        "into the same folder."
    )
    MODEL_NEEDS_WEIGHTS = (
        "{file}: this is the description of a Caffe model; its weights (.caffemodel) are missing. "
        "Put them beside it, or give both: the window takes both files at once, classify "
        "--model and --prototxt."
    )
    MODEL_NEEDS_PROTOTXT = (
        "{file}: these are the weights of a Caffe model; its description (.prototxt) is missing. "
        "Put it beside them, or give both: the window takes both files at once, classify "
        "--model and --prototxt."
    )
    MODEL_INPUTS = (
        "{file}: the model wants {count} inputs ({names}); one picture can fill only one. "
        "Choose a model with one input."
    )
    MODEL_FORWARD = (
        "{file}: the model fails on an input of shape {shape} ({reason}). "
        "Check the size and the colours it expects."
    )
    MODEL_BUSY = "{file}: the model is computing on another thread. Load it once for each thread."
    MODEL_CHANGED = (
        "{file}: the file is not the one it should be (its SHA-256 differs). "
        "Copy or download it again."
    )
    MODEL_STOPPED = "{file}: loading was stopped. Choose the model again to load it."
    MODEL_INSIDE = (
        "{file}: there is no looking inside this network ({reason}). Choose another model."
    )
    MODEL_MAPS = (
        "{file}: what a layer gives would need {megabytes} MB; at most {limit_megabytes} MB are "
        "computed. Export the model for smaller pictures."
    )
    OUTPUT_NOT_SCORES = (
        "{file}: the model's output has shape {shape}, which is not one score for each class. "
        "Choose a classification model."
    )
    OUTPUT_NOT_BOXES = (
        "{file}: the model's outputs have the shapes {shape}, which are not the boxes that were "
        "expected. Read its output in another way."
    )
    OUTPUT_NOT_MASK = (
        "{file}: the model's output has shape {shape}, which is no mask. "
        "Read its output in another way."
    )
    OUTPUT_NOT_FINITE = (
        "{file}: the model's output holds numbers that are not finite. "
        "Its weights are damaged; copy or download it again."
    )
    MODEL_OTHER_TASK = "{file}: this is {kind}. Choose {wanted}."
    LABELS_OUTSIDE = (
        "{file}: this labels file is named by the model's description, but is not in its folder. "
        "Copy it there and write its name alone."
    )
    LABELS_EMPTY = "{file}: the labels file is empty. Write one label on each line."
    LABELS_ENCODING = (
        "{file}: line {line} of the labels file is not UTF-8 text. Save the file as UTF-8."
    )
    LABELS_MISMATCH = (
        "{file}: the file has {labels} labels, but the model gives {outputs} scores. "
        "Give the labels file that belongs to this model."
    )
    PREPROCESSING_INVALID = "The setting {field} cannot be {value}. Give {allowed}."
    MANIFEST_DAMAGED = (
        "{file}: the model's description cannot be read ({reason}). Restore the file."
    )
    PROTOTXT_SYNTAX = "{file}: line {line} is not valid prototxt ({reason}). Correct the line."
    TFLITE_OPERATORS = (
        "{file}: these TFLite operators cannot be converted: {operators}. "
        "Convert the model to ONNX with another tool."
    )
    CAFFE_LAYERS_UNKNOWN = (
        "{file}: these Caffe layers cannot be converted: {layers}. "
        "Convert the model to ONNX with another tool."
    )
    CAFFE_SHAPE = (
        "{file}: layer {layer} does not fit ({reason}). "
        "Check that the prototxt belongs to this caffemodel."
    )
    CAFFE_DAMAGED = "{file}: the Caffe model cannot be read ({reason}). Copy or download it again."
    SOURCE_UNAVAILABLE = (
        "{file}: no picture comes from it ({reason}). Check that it is there and free."
    )
    SOURCE_LOCKED = (
        "{file}: it wants a name and a password, or others than those given. "
        "Type them into the address, as in http://name:password@camera/."
    )
    SOURCE_STALLED = "{file}: no new picture for {seconds} s. Check the cable or the connection."
    SOURCE_GARBAGE = (
        "{file}: it sends something that is no picture. Check the address and its format."
    )
    VIDEO_UNREADABLE = (
        "{file}: this is no video that can be played, or it breaks off. Copy or download it again, "
        "or give another MP4, AVI, MOV, MKV or WebM file."
    )
    VIDEO_DAMAGED = (
        "{file}: frames that cannot be decoded were passed over ({count} from frame {first} on). "
        "Copy or download the video again."
    )
    VIDEO_CODEC = (
        "{file}: not one frame can be decoded. The file is damaged, or its codec ({codec}) is not "
        "among those that OpenCV brings. Convert the video to H.264."
    )
    DOWNLOAD_FAILED = (
        "{file}: the download did not finish ({reason}). Check the connection and try again."
    )
    DOWNLOAD_HASH = (
        "{file}: what came is not the model that was expected (its SHA-256 differs). "
        "It was thrown away; try again later."
    )
    DOWNLOAD_NOT_HTTPS = (
        "{file}: the address {url} is not https, so nothing was fetched from it. "
        "Use an https address."
    )
    DOWNLOAD_DISK_FULL = (
        "{file}: there is no room for {megabytes} MB. Free some space and try again."
    )
    CLASS_NAME_EMPTY = "A class needs a name. Type one."
    CLASS_NAME_TAKEN = "There is a class {name} already. Choose another name."
    TEACH_FEW_CLASSES = (
        "There are too few classes ({count}); telling pictures apart takes at least 2. Add a class."
    )
    TEACH_FEW_TAKE_PART = (
        "Too few of the {total} classes take part in training ({count}); telling pictures apart "
        "takes at least 2. Let another one take part again, or add a class."
    )
    TEACH_SMALL_CLASS = (
        "The class {name} has too few pictures ({count}); at least {least} are needed, one to "
        "learn from and one to test with. Add some, or remove the class."
    )
    TEACH_UNREADABLE_CLASS = (
        "{file}: of the class {name} this and others cannot be read ({unreadable} in all), which "
        "leaves too few pictures ({count}); at least {least} are needed. Put readable ones in "
        "their place, or remove the class."
    )
    TEACH_SAME_PICTURES = (
        "The classes {first} and {second} have the same pictures, so nothing tells them apart. "
        "Give each its own pictures."
    )
    TEACH_NO_ROWS = (
        "No picture of the class {name} can be read. Put its pictures back, or remove the class."
    )
    TEACH_NO_CLASS_FOLDERS = (
        "{file}: this holds fewer than 2 folders with pictures. "
        "Put the pictures of each class into a folder of its own."
    )
    TEACH_TOO_MANY_FILES = (
        "{file}: the folder holds more than {limit} files. Choose one with fewer."
    )
    TEACH_TOO_MANY_CLASSES = (
        "A project holds at most {limit} classes. Remove or join some before you add more."
    )
    TEACH_TOO_MANY_PICTURES = (
        "A project holds at most {limit} pictures. Remove some before you add more."
    )
    TEACH_TOO_LARGE = (
        "The project would take {megabytes} MB; at most {limit_megabytes} MB can be opened again. "
        "Remove recorded or pasted pictures, or add them as files."
    )
    PICTURE_CHANGED = (
        "{file}: this is another picture than the one that was added. "
        "Put the old one back, or remove it from its class and add the new one."
    )
    PROJECT_NOT_A_PROJECT = "{file}: this is no Glassnet teach project. Choose another file."
    PROJECT_DAMAGED = "{file}: the project is damaged ({reason}). Take an older copy of it."
    PROJECT_TOO_NEW = (
        "{file}: the project has version {version}; this Glassnet reads up to version {known}. "
        "Install a newer Glassnet to open it."
    )


class VisionError(Exception):
    """An error in a picture, a model, labels or a source of frames.

    Attributes
    ----------
    code
        The fault.
    values
        Values of the sentence's placeholders: the file, the numbers, the reason.
    """

    def __init__(self, code: Fault, **values: str | int | float) -> None:
        super().__init__(code, values)
        self.code: Final = code
        self.values: Final = values

    @property
    def template(self) -> str:
        """The English sentence with ``{name}`` placeholders for `values`, to be translated."""
        return self.code.value

    def translated_values(
        self, translate: Callable[[str], str] = str
    ) -> dict[str, str | int | float]:
        """Return `values` with all reasons translated; see `vision.reasons.fill_reasons`."""
        return fill_reasons(self.values, translate)

    def sentence(self) -> str:
        """Return one English line with the file, the fault and the remedy."""
        words = self.template.format(**self.translated_values())
        # Names inside damaged files may hold line ends and control characters.
        printable = "".join(letter if letter.isprintable() else " " for letter in words)
        return " ".join(printable.split())

    def __str__(self) -> str:
        return self.sentence()

    def __reduce__(self) -> tuple[object, ...]:
        """Support pickling."""
        return partial(VisionError, self.code, **self.values), ()


def as_value[E: BaseException](error: E) -> E:
    """Return an error for storing, without its traceback and those of its causes.

    The frames of a traceback keep local variables alive, including pictures and networks, and often
    the very list that stores the error. Python frees such a reference cycle only when it collects
    its oldest generation, which may be hours later.
    """
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error
