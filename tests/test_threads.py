import torch

from sfv.system.threads import one_torch_thread


def test_threads_are_given_back_even_after_an_error():
    before = torch.get_num_threads()
    torch.set_num_threads(2)

    @one_torch_thread()
    def count():
        return torch.get_num_threads()

    try:
        assert count() == 1
        assert torch.get_num_threads() == 2
        try:
            with one_torch_thread():
                raise RuntimeError
        except RuntimeError:
            assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
