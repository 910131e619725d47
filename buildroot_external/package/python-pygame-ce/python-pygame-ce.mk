################################################################################
#
# python-pygame-ce
#
################################################################################

# The version and the hash are those of requirements.lock.
PYTHON_PYGAME_CE_VERSION = 2.5.8
PYTHON_PYGAME_CE_SOURCE = pygame_ce-$(PYTHON_PYGAME_CE_VERSION).tar.gz
PYTHON_PYGAME_CE_SITE = file://$(NIGHTJAR_SOURCES)
PYTHON_PYGAME_CE_LICENSE = LGPL-2.1
PYTHON_PYGAME_CE_LICENSE_FILES = docs/LGPL.txt
PYTHON_PYGAME_CE_DEPENDENCIES = host-python-cython python3 sdl2 sdl2_image sdl2_mixer sdl2_ttf freetype

PYTHON_PYGAME_CE_CONF_OPTS = -Dmidi=disabled -Dstripped=true
PYTHON_PYGAME_CE_CONF_ENV = \
	_PYTHON_SYSCONFIGDATA_NAME=$(PKG_PYTHON_SYSCONFIGDATA_NAME) \
	PYTHONPATH=$(PYTHON3_PATH)

$(eval $(meson-package))
