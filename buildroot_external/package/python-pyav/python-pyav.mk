################################################################################
#
# python-pyav
#
################################################################################

# The version and the hash are those of requirements.lock.
PYTHON_PYAV_VERSION = 18.1.0
PYTHON_PYAV_SOURCE = av-$(PYTHON_PYAV_VERSION).tar.gz
PYTHON_PYAV_SITE = file://$(NIGHTJAR_SOURCES)
PYTHON_PYAV_SETUP_TYPE = setuptools
PYTHON_PYAV_LICENSE = BSD-3-Clause
PYTHON_PYAV_LICENSE_FILES = LICENSE.txt
PYTHON_PYAV_DEPENDENCIES = host-pkgconf host-python-cython nightjar-ffmpeg

PYTHON_PYAV_ENV = PKG_CONFIG="$(PKG_CONFIG_HOST_BINARY)"

$(eval $(python-package))
