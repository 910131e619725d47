"""Numbers and structs of kernel interfaces, packed and unpacked; no policy, no descriptors."""
