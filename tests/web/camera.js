// A camera that sees one code, and a stand-in for the reader of codes, which Chromium has not on Linux: it sees the
// film's stripes in the page's own video. The film shows one bit in each stripe, the highest first.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const CAMERA_FLAGS = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const HEIGHT = 48;
const STRIPE = 8; // pixels

function bitsOf(text) {
  return [...Buffer.from(text)].flatMap((byte) => [...byte.toString(2).padStart(8, '0')]);
}

// {flag, remove()}: a film in YUV4MPEG2, which Chromium plays again and again.
function codeFilm(text) {
  const row = Buffer.concat(bitsOf(text).map((bit) => Buffer.alloc(STRIPE, bit === '1' ? 235 : 16)));
  const frame = Buffer.concat([Buffer.from('FRAME\n'), ...Array(HEIGHT).fill(row), Buffer.alloc(row.length * HEIGHT / 2, 128)]);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tillkeeper-film-'));
  const file = path.join(folder, 'code.y4m');
  const head = Buffer.from(`YUV4MPEG2 W${row.length} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
  fs.writeFileSync(file, Buffer.concat([head, frame, frame]));
  return {flag: `--use-file-for-fake-video-capture=${file}`, remove: () => fs.rmSync(folder, {recursive: true})};
}

// Runs in the page, before its scripts.
function readStripes() {
  const STRIPE = 8;
  window.BarcodeDetector = class {
    static getSupportedFormats() { return Promise.resolve(['code_128', 'qr_code']); }
    async detect(video) {
      const canvas = document.createElement('canvas');
      const scale = canvas.getContext('2d');
      [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
      scale.drawImage(video, 0, 0);
      const {data} = scale.getImageData(0, canvas.height / 2, canvas.width, 1);
      let bits = '';
      for (let x = STRIPE / 2; x < canvas.width; x += STRIPE) bits += data[x * 4] > 127 ? '1' : '0';
      const rawValue = bits.match(/.{8}/g).map((byte) => String.fromCharCode(parseInt(byte, 2))).join('');
      return /^[ -~]+$/.test(rawValue) ? [{rawValue}] : [];
    }
  };
}

module.exports = {CAMERA_FLAGS, codeFilm, readStripes};
