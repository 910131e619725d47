################################################################################
#
# python-blake3
#
################################################################################

# The version and the hash are those of requirements.lock.
PYTHON_BLAKE3_VERSION = 1.0.11
PYTHON_BLAKE3_SOURCE = blake3-$(PYTHON_BLAKE3_VERSION).tar.gz
PYTHON_BLAKE3_SITE = file://$(NIGHTJAR_SOURCES)
PYTHON_BLAKE3_SETUP_TYPE = setuptools
PYTHON_BLAKE3_LICENSE = CC0-1.0 or Apache-2.0
PYTHON_BLAKE3_LICENSE_FILES = LICENSE

# The C implementation needs no Rust at build time and is as fast in one thread, which is how we use it.
PYTHON_BLAKE3_SUBDIR = c_impl

$(eval $(python-package))
