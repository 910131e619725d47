################################################################################
#
# python-font-roboto
#
################################################################################

# The version and the hash are those of requirements.lock.
PYTHON_FONT_ROBOTO_VERSION = 0.0.1
PYTHON_FONT_ROBOTO_SOURCE = font-roboto-$(PYTHON_FONT_ROBOTO_VERSION).tar.gz
PYTHON_FONT_ROBOTO_SITE = file://$(NIGHTJAR_SOURCES)
PYTHON_FONT_ROBOTO_SETUP_TYPE = setuptools
PYTHON_FONT_ROBOTO_LICENSE = Apache-2.0
PYTHON_FONT_ROBOTO_LICENSE_FILES = LICENSE.txt

$(eval $(python-package))
