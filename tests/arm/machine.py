"""A whole ARM machine in an emulator, with a disk that forgets what was not flushed when the power goes."""

import shutil
import subprocess
import time
from pathlib import Path

from box import Box, Wrong


PROCESSORS = {'armhf': ['qemu-system-arm', '-cpu', 'cortex-a15'], 'arm64': ['qemu-system-aarch64', '-cpu', 'cortex-a53']}


class Machine(Box):
    """Its disk is served by nbdkit, whose cache is the cache of a disk: written in it, a block is safe only after a flush.
    To cut the power is to kill both, the disk first."""

    patience = 15  # an emulated processor; measured in tests/arm/README.md

    def __init__(self, folder, scratch, old, new):
        self.folder = Path(folder).resolve()
        self.scratch = Path(scratch).resolve()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)
        subprocess.run(['cp', '--sparse=always', str(self.folder / 'disk.img'), str(self.scratch / 'disk.img')], check=True)
        self.disk = None
        super().__init__(self.scratch / 'packages', old, new)

    def start(self):
        self.stop_disk()
        socket = self.scratch / 'disk.socket'
        socket.unlink(missing_ok=True)
        self.disk = subprocess.Popen(['nbdkit', '--foreground', '--unix', str(socket), '--filter=cache', 'file',
                                      str(self.scratch / 'disk.img'), 'cache=writeback'])
        deadline = time.monotonic() + 60
        while not socket.exists():
            if time.monotonic() > deadline or self.disk.poll() is not None:
                raise Wrong('nbdkit does not serve the disk')
            time.sleep(0.02)
        with (self.scratch / 'console.log').open('ab') as console:
            return subprocess.Popen(
                [*PROCESSORS[(self.folder / 'architecture').read_text().strip()], '-M', 'virt', '-smp', '2', '-m', '512', '-accel', 'tcg,thread=multi',
                 '-display', 'none', '-monitor', 'none', '-serial', 'stdio', '-nic', 'none', '-no-reboot',
                 '-kernel', str(self.folder / 'vmlinuz'), '-initrd', str(self.folder / 'initrd.img'),
                 '-append', 'root=/dev/vda rw console=ttyAMA0 quiet',
                 '-drive', f'if=none,id=disk,driver=raw,file.driver=nbd,file.server.type=unix,file.server.path={socket},cache.direct=on',
                 '-device', 'virtio-blk-device,drive=disk', '-device', 'virtio-rng-device',
                 '-fsdev', f'local,id=packages,path={self.packages},security_model=none',
                 '-device', 'virtio-9p-device,fsdev=packages,mount_tag=packages'],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console)

    def end(self, process):
        self.stop_disk()
        process.kill()
        process.wait()

    def stop_disk(self):
        """What it has in its cache is gone. After a good end of the machine that is nothing: file systems flush."""
        if self.disk is not None:
            self.disk.kill()
            self.disk.wait()
            self.disk = None
