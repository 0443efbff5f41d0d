"""What a test needs from Debian and nobody need install: packages are fetched through apt and unpacked in a folder, without root and
without starting anything. Where that cannot be: Skip with the reason."""

import shutil
import subprocess

from tap import Skip


def unpacked(folder, packages):
    """The folder below which they lie; `folder` is made for it."""
    for program in ("apt-get", "dpkg-deb"):
        if not shutil.which(program):
            raise Skip(f"there is no {program} to unpack {packages[0]} with")
    folder.mkdir(parents=True)
    try:
        done = subprocess.run(["apt-get", "download", "-q", *packages], cwd=folder, capture_output=True, text=True, timeout=180,
                              check=False)
    except subprocess.TimeoutExpired as why:
        raise Skip("apt did not answer in time") from why
    if done.returncode != 0:
        raise Skip(f"apt could not fetch {packages[0]}: {(done.stderr.strip().splitlines() or ['no reason'])[-1]}")
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, folder / "root"], check=True, timeout=60)
    return folder / "root"
