"""Small libraries that are put in front of a worker's own."""
import subprocess

from process import Process


def environment(source, folder, **variables):
    """The variables with which a worker runs behind the library made of a C file, in a folder that stays while it runs."""
    library = folder / (source.stem + ".so")
    if not library.exists():
        subprocess.run(["gcc", "-shared", "-fPIC", "-D_GNU_SOURCE", "-O1", "-o", library, source, "-lrdkafka", "-ldl"], check=True)
    return {"LD_PRELOAD": str(library), "ASAN_OPTIONS": Process.ASAN_OPTIONS + ":verify_asan_link_order=0",
            **{name: str(value) for name, value in variables.items()}}
