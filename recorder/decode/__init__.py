"""All decoding of what cameras send: each stream once, scaled to what each view wants, into shared memory."""
