"""The Teach tab: classes made of pictures, a head that learns them, and what it makes of others."""
