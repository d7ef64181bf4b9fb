"""The Teach tab: classes of images, and the head trained on them."""
