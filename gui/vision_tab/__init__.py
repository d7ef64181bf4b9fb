"""The Vision tab: networks on pictures, folders, video and the webcam."""
