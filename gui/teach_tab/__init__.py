"""The Teach tab: classes made of pictures, a head that learns them, and its answers."""
