"""The faults that this package can report, each with a code, its values and an English sentence."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from vision.reasons import filled


class Fault(StrEnum):
    """Codes of everything that can be wrong with what a person gives us."""

    FILE_MISSING = "file_missing"
    FILE_ELSEWHERE = "file_elsewhere"
    FILE_UNREADABLE = "file_unreadable"
    FILE_NOT_A_FILE = "file_not_a_file"
    FILE_TOO_LARGE = "file_too_large"
    FILE_UNWRITABLE = "file_unwritable"
    PICTURE_EMPTY = "picture_empty"
    PICTURE_NOT_A_PICTURE = "picture_not_a_picture"
    PICTURE_FOREIGN = "picture_foreign"
    PICTURE_TRUNCATED = "picture_truncated"
    PICTURE_DAMAGED = "picture_damaged"
    PICTURE_UNDECODED = "picture_undecoded"
    PICTURE_TOO_LARGE = "picture_too_large"
    FOLDER_WITHOUT_PICTURES = "folder_without_pictures"
    MODEL_EMPTY = "model_empty"
    MODEL_FOREIGN = "model_foreign"
    MODEL_NOT_A_MODEL = "model_not_a_model"
    MODEL_UNSUPPORTED = "model_unsupported"
    MODEL_SHAPELESS = "model_shapeless"
    MODEL_NEEDS_WEIGHTS = "model_needs_weights"
    MODEL_NEEDS_PROTOTXT = "model_needs_prototxt"
    MODEL_INPUTS = "model_inputs"
    MODEL_FORWARD = "model_forward"
    MODEL_BUSY = "model_busy"
    MODEL_CHANGED = "model_changed"
    MODEL_STOPPED = "model_stopped"
    MODEL_INSIDE = "model_inside"
    MODEL_MAPS = "model_maps"
    OUTPUT_NOT_SCORES = "output_not_scores"
    OUTPUT_NOT_BOXES = "output_not_boxes"
    OUTPUT_NOT_MASK = "output_not_mask"
    OUTPUT_NOT_FINITE = "output_not_finite"
    MODEL_OTHER_TASK = "model_other_task"
    LABELS_EMPTY = "labels_empty"
    LABELS_ENCODING = "labels_encoding"
    LABELS_MISMATCH = "labels_mismatch"
    PREPROCESSING_INVALID = "preprocessing_invalid"
    MANIFEST_DAMAGED = "manifest_damaged"
    PROTOTXT_SYNTAX = "prototxt_syntax"
    TFLITE_OPERATORS = "tflite_operators"
    CAFFE_LAYERS_UNKNOWN = "caffe_layers_unknown"
    CAFFE_SHAPE = "caffe_shape"
    CAFFE_DAMAGED = "caffe_damaged"
    SOURCE_UNAVAILABLE = "source_unavailable"
    SOURCE_LOCKED = "source_locked"
    SOURCE_STALLED = "source_stalled"
    SOURCE_GARBAGE = "source_garbage"
    VIDEO_UNREADABLE = "video_unreadable"
    VIDEO_DAMAGED = "video_damaged"
    VIDEO_CODEC = "video_codec"
    DOWNLOAD_FAILED = "download_failed"
    DOWNLOAD_HASH = "download_hash"
    DOWNLOAD_NOT_HTTPS = "download_not_https"
    DOWNLOAD_DISK_FULL = "download_disk_full"
    CLASS_NAME_EMPTY = "class_name_empty"
    CLASS_NAME_TAKEN = "class_name_taken"
    TEACH_FEW_CLASSES = "teach_few_classes"
    TEACH_SMALL_CLASS = "teach_small_class"
    TEACH_SAME_PICTURES = "teach_same_pictures"
    TEACH_NO_ROWS = "teach_no_rows"
    TEACH_NO_CLASS_FOLDERS = "teach_no_class_folders"
    TEACH_TOO_MANY_FILES = "teach_too_many_files"
    TEACH_TOO_MANY_CLASSES = "teach_too_many_classes"
    TEACH_TOO_MANY_PICTURES = "teach_too_many_pictures"
    TEACH_TOO_LARGE = "teach_too_large"
    PICTURE_CHANGED = "picture_changed"
    PROJECT_NOT_A_PROJECT = "project_not_a_project"
    PROJECT_DAMAGED = "project_damaged"
    PROJECT_TOO_NEW = "project_too_new"


_SENTENCES: Final[dict[Fault, str]] = {
    Fault.FILE_MISSING: "{file}: there is no such file. Check the path.",
    Fault.FILE_ELSEWHERE: (
        "{file} is an address on the network. Pictures are opened from files: save it, then open "
        "that file."
    ),
    Fault.FILE_UNREADABLE: "{file}: the file cannot be read ({reason}). Check its permissions.",
    Fault.FILE_NOT_A_FILE: "{file}: this is a device or a pipe and no file. Choose a file.",
    Fault.FILE_TOO_LARGE: (
        "{file}: the file has {megabytes} MB; at most {limit_megabytes} MB are read. "
        "Choose a smaller one."
    ),
    Fault.FILE_UNWRITABLE: (
        "{file}: the file cannot be written ({reason}). Choose another folder or make room."
    ),
    Fault.PICTURE_EMPTY: "{file}: the file is empty. Choose another picture.",
    Fault.PICTURE_NOT_A_PICTURE: (
        "{file}: this is no picture that can be read. "
        "Give a JPEG, PNG, GIF, BMP, WebP, AVIF, HEIC, TIFF or PNM file."
    ),
    Fault.PICTURE_FOREIGN: (
        "{file}: this picture is of the kind {kind}, which cannot be read here. "
        "Save it as PNG or JPEG with another program."
    ),
    Fault.PICTURE_TRUNCATED: (
        "{file}: the picture breaks off before its end. Copy or download it again."
    ),
    Fault.PICTURE_DAMAGED: (
        "{file}: the picture is damaged and cannot be decoded. Copy or download it again."
    ),
    Fault.PICTURE_UNDECODED: (
        "{file}: the picture cannot be decoded: it is damaged, or of a kind that is not read here. "
        "Save it as PNG or JPEG with another program."
    ),
    Fault.PICTURE_TOO_LARGE: (
        "{file}: the picture is {width} x {height} pixels and would need {megabytes} MB; "
        "the limit is {limit_megabytes} MB. Make it smaller first."
    ),
    Fault.FOLDER_WITHOUT_PICTURES: (
        "{file}: the folder holds no picture. Choose a folder with JPEG, PNG or other pictures."
    ),
    Fault.MODEL_EMPTY: "{file}: the model file is empty. Copy or download it again.",
    Fault.MODEL_NOT_A_MODEL: (
        "{file}: this is no model that can be read ({reason}). "
        "Give an ONNX, TFLite, TensorFlow .pb or Caffe file."
    ),
    Fault.MODEL_FOREIGN: (
        "{file}: this is {kind}, which needs its own library. Export the model as ONNX with {how}."
    ),
    Fault.MODEL_UNSUPPORTED: (
        "{file}: the model was read, but OpenCV cannot run it ({reason}). "
        "Export it again with other operators or a lower opset."
    ),
    Fault.MODEL_NEEDS_PROTOTXT: (
        "{file}: these are the weights of a Caffe model; its description (.prototxt) is missing. "
        "Put it beside them, or give both: the window takes both files at once, classify "
        "--model and --prototxt."
    ),
    Fault.MODEL_NEEDS_WEIGHTS: (
        "{file}: this is the description of a Caffe model; its weights (.caffemodel) are missing. "
        "Put them beside it, or give both: the window takes both files at once, classify "
        "--model and --prototxt."
    ),
    Fault.MODEL_SHAPELESS: (
        "{file}: the file does not say which shape {name} has, and it does not follow from the "
        "operators. Export the model again with the shapes of its input and outputs."
    ),
    Fault.MODEL_INPUTS: (
        "{file}: the model wants {count} inputs ({names}); one picture can fill only one. "
        "Choose a model with one input."
    ),
    Fault.MODEL_FORWARD: (
        "{file}: the model fails on an input of shape {shape} ({reason}). "
        "Check the size and the colours it expects."
    ),
    Fault.MODEL_BUSY: (
        "{file}: the model is computing on another thread. Load it once for each thread."
    ),
    Fault.MODEL_CHANGED: (
        "{file}: the file is not the one it should be (its SHA-256 differs). "
        "Copy or download it again."
    ),
    Fault.MODEL_STOPPED: "{file}: loading was stopped. Choose the model again to load it.",
    Fault.MODEL_INSIDE: (
        "{file}: there is no looking inside this network ({reason}). Choose another model."
    ),
    Fault.MODEL_MAPS: (
        "{file}: what a layer gives would need {megabytes} MB; at most {limit_megabytes} MB are "
        "computed. Export the model for smaller pictures."
    ),
    Fault.OUTPUT_NOT_SCORES: (
        "{file}: the model's output has shape {shape}, which is not one score for each class. "
        "Choose a classification model."
    ),
    Fault.OUTPUT_NOT_BOXES: (
        "{file}: the model's outputs have the shapes {shape}, which are not the boxes that were "
        "expected. Read its output in another way."
    ),
    Fault.OUTPUT_NOT_MASK: (
        "{file}: the model's output has shape {shape}, which is no mask. "
        "Read its output in another way."
    ),
    Fault.MODEL_OTHER_TASK: "{file}: this is {kind}. Choose {wanted}.",
    Fault.OUTPUT_NOT_FINITE: (
        "{file}: the model's output holds numbers that are not finite. "
        "Its weights are damaged; copy or download it again."
    ),
    Fault.LABELS_EMPTY: "{file}: the labels file is empty. Write one label on each line.",
    Fault.LABELS_ENCODING: (
        "{file}: line {line} of the labels file is not UTF-8 text. Save the file as UTF-8."
    ),
    Fault.LABELS_MISMATCH: (
        "{file}: the file has {labels} labels, but the model gives {outputs} scores. "
        "Give the labels file that belongs to this model."
    ),
    Fault.PREPROCESSING_INVALID: "The setting {field} cannot be {value}. Give {allowed}.",
    Fault.MANIFEST_DAMAGED: (
        "{file}: the model's description cannot be read ({reason}). Restore the file."
    ),
    Fault.PROTOTXT_SYNTAX: (
        "{file}: line {line} is not valid prototxt ({reason}). Correct the line."
    ),
    Fault.TFLITE_OPERATORS: (
        "{file}: these TFLite operators cannot be converted: {operators}. "
        "Convert the model to ONNX with another tool."
    ),
    Fault.CAFFE_LAYERS_UNKNOWN: (
        "{file}: these Caffe layers cannot be converted: {layers}. "
        "Convert the model to ONNX with another tool."
    ),
    Fault.CAFFE_SHAPE: (
        "{file}: layer {layer} does not fit ({reason}). "
        "Check that the prototxt belongs to this caffemodel."
    ),
    Fault.CAFFE_DAMAGED: (
        "{file}: the Caffe model cannot be read ({reason}). Copy or download it again."
    ),
    Fault.SOURCE_UNAVAILABLE: (
        "{file}: no picture comes from it ({reason}). Check that it is there and free."
    ),
    Fault.SOURCE_LOCKED: (
        "{file}: it wants a name and a password, or others than those given. "
        "Type them into the address, as in http://name:password@camera/."
    ),
    Fault.SOURCE_STALLED: (
        "{file}: no new picture for {seconds} s. Check the cable or the connection."
    ),
    Fault.SOURCE_GARBAGE: (
        "{file}: it sends something that is no picture. Check the address and its format."
    ),
    Fault.VIDEO_UNREADABLE: (
        "{file}: this is no video that can be played, or it breaks off. Copy or download it again, "
        "or give another MP4, AVI, MOV, MKV or WebM file."
    ),
    Fault.VIDEO_DAMAGED: (
        "{file}: frames that cannot be decoded were passed over ({count} from frame {first} on). "
        "Copy or download the video again."
    ),
    Fault.VIDEO_CODEC: (
        "{file}: not one frame can be decoded. The file is damaged, or its codec ({codec}) is not "
        "among those that OpenCV brings. Convert the video to H.264."
    ),
    Fault.DOWNLOAD_FAILED: (
        "{file}: the download did not finish ({reason}). Check the connection and try again."
    ),
    Fault.DOWNLOAD_HASH: (
        "{file}: what came is not the model that was expected (its SHA-256 differs). "
        "It was thrown away; try again later."
    ),
    Fault.DOWNLOAD_NOT_HTTPS: (
        "{file}: the address {url} is not https, so nothing was fetched from it. "
        "Use an https address."
    ),
    Fault.DOWNLOAD_DISK_FULL: (
        "{file}: there is no room for {megabytes} MB. Free some space and try again."
    ),
    Fault.CLASS_NAME_EMPTY: "A class needs a name. Type one.",
    Fault.CLASS_NAME_TAKEN: "There is a class {name} already. Choose another name.",
    Fault.TEACH_FEW_CLASSES: (
        "There are too few classes ({count}); telling pictures apart takes at least 2. Add a class."
    ),
    Fault.TEACH_SMALL_CLASS: (
        "The class {name} has too few pictures ({count}); at least {least} are needed, one to "
        "learn from and one to test with. Add some, or remove the class."
    ),
    Fault.TEACH_SAME_PICTURES: (
        "The classes {first} and {second} have the same pictures, so nothing tells them apart. "
        "Give each its own pictures."
    ),
    Fault.TEACH_NO_ROWS: (
        "No picture of the class {name} can be read. Put its pictures back, or remove the class."
    ),
    Fault.TEACH_NO_CLASS_FOLDERS: (
        "{file}: this holds fewer than 2 folders with pictures. "
        "Put the pictures of each class into a folder of its own."
    ),
    Fault.TEACH_TOO_MANY_FILES: (
        "{file}: the folder holds more than {limit} files. Choose one with fewer."
    ),
    Fault.TEACH_TOO_MANY_CLASSES: (
        "A project holds at most {limit} classes. Remove or join some before you add more."
    ),
    Fault.TEACH_TOO_MANY_PICTURES: (
        "A project holds at most {limit} pictures. Remove some before you add more."
    ),
    Fault.TEACH_TOO_LARGE: (
        "The project would take {megabytes} MB; at most {limit_megabytes} MB can be opened again. "
        "Remove recorded or pasted pictures, or add them as files."
    ),
    Fault.PICTURE_CHANGED: (
        "{file}: this is another picture than the one that was added. "
        "Put the old one back, or remove it from its class and add the new one."
    ),
    Fault.PROJECT_NOT_A_PROJECT: "{file}: this is no Glassnet teach project. Choose another file.",
    Fault.PROJECT_DAMAGED: ("{file}: the project is damaged ({reason}). Take an older copy of it."),
    Fault.PROJECT_TOO_NEW: (
        "{file}: the project has version {version}; this Glassnet reads up to version {known}. "
        "Install a newer Glassnet to open it."
    ),
}


class VisionError(Exception):
    """A fault in a picture, a model, labels or a source of frames.

    Attributes
    ----------
    code
        Which fault; the window translates by it.
    values
        What the sentence names: the file, the numbers, the reason.
    """

    def __init__(self, code: Fault, **values: str | int | float) -> None:
        super().__init__(code, values)
        self.code: Final = code
        self.values: Final = values

    @property
    def template(self) -> str:
        """The English sentence with a ``{name}`` for each of `values`, to translate by."""
        return _SENTENCES[self.code]

    def filled(self, translate: Callable[[str], str] = str) -> dict[str, str | int | float]:
        """Return `values` with every reason in them translated; see `vision.reasons.filled`."""
        return filled(self.values, translate)

    def sentence(self) -> str:
        """Return one English line that names the file, the fault and the remedy."""
        words = _SENTENCES[self.code].format(**self.filled())
        # Names inside damaged files may hold line ends and control characters.
        printable = "".join(letter if letter.isprintable() else " " for letter in words)
        return " ".join(printable.split())

    def __str__(self) -> str:
        return self.sentence()

    def __reduce__(self) -> tuple[object, ...]:
        """Let the error travel between processes."""
        return (_rebuild, (self.code, self.values))


def as_value[E: BaseException](error: E) -> E:
    """Return an error to keep instead of raise: without the tracebacks of it and its causes.

    The frames of a traceback hold whatever was being worked on, pictures and networks among it, and
    often the very list that the error is put into. Python finds such a circle only in a collection
    of its oldest objects, which may be hours away.
    """
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error


def _rebuild(code: Fault, values: dict[str, str | int | float]) -> VisionError:
    return VisionError(code, **values)
