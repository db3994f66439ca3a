"""A box that boots for tasks of box-under-update, and that can be ended from outside while it works."""

import shutil
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Wrong(Exception):
    """Something is not as it should be."""


class Box:
    """What a container and a whole machine have in common. The box sees the folder `packages` as /packages, at once and
    in both directions; what it says and writes there is on this side of a cut."""

    patience = 1  # how much slower than a container on such a machine
    boot_seconds_max = 900

    def __init__(self, packages, old, new):
        self.packages = packages
        for version, folder in (('old', old), ('new', new)):
            (packages / version).mkdir(parents=True)
            for package in Path(folder).glob('tillkeeper*.deb'):
                shutil.copy(package, packages / version)
        shutil.copy(HERE / 'box-under-update', packages)

    def start(self):
        """Starts to boot: a process that ends with the box."""
        raise NotImplementedError

    def end(self, process):
        """Ends all of the box at once. Nothing in it has a say."""
        raise NotImplementedError

    def boot(self, *tasks, cut_after=None, version='old', mode='box', delay=0.0):
        """Boots the box for tasks, one after the other. False: it was ended from outside, as it was asked to be, that many
        seconds after the box had said that it is in the midst of it."""
        (self.packages / 'orders').write_text(
            f'TASKS={" ".join(tasks)!r}\nVERSION={version}\nMODE={mode}\nDELAY={delay}\nPATIENCE={self.patience}\n')
        log, cut_me = self.packages / 'task.log', self.packages / 'cut-me'
        log.write_text('')
        cut_me.unlink(missing_ok=True)
        box = self.start()
        deadline = time.monotonic() + self.boot_seconds_max * self.patience
        while box.poll() is None:
            if time.monotonic() > deadline:
                self.end(box)
                raise Wrong(f'{tasks}: the box does not come to an end\n{log.read_text()}')
            if cut_after is not None and cut_me.exists():
                time.sleep(cut_after)  # the moment of the cut, drawn; nothing is waited for
                self.end(box)
                tasks = tasks[:-1]  # the last one was cut off
                break
            time.sleep(0.02)
        else:
            cut_after = None
        self.judge(tasks, log.read_text().splitlines())
        return cut_after is None

    @staticmethod
    def judge(tasks, said):
        for task in tasks:
            if f'{task}: fine' not in said:  # systemctl may say more after it
                first = next((line for line in said if line.startswith('WRONG')), 'it says nothing')
                raise Wrong(f'{task}: {first}\n' + '\n'.join(said[-40:]))
