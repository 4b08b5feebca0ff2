//! What is mended is mended, the rest is untouched, and the bytes are the same every time.
