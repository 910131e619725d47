"""What every error has to say."""

from recorder.client.errors import NightjarError


def errors(root=NightjarError):
    for one in root.__subclasses__():
        yield one
        yield from errors(one)


def test_every_error_has_words_of_its_own_and_a_status():
    import recorder.client.wire  # noqa: F401 - the more modules are loaded, the more errors are seen

    for error in errors():
        assert error.words.strip(), error
        assert 400 <= error.status < 600, error
