// Receipts without typing: a scanner that types by itself, wherever the focus is, and the camera where the browser can
// read codes. Without either the field is there.
(function () {
    "use strict";

    var KEY_MS = 50; // between two keys of a scanner; people are slower
    var SCAN_LETTERS = 4; // fewer in a row may be a hand on the keys
    var LOOK_MS = 200; // between two looks at what the camera sees
    var NUMBER_LETTERS = 64; // as the field takes

    var field = document.getElementById("q");
    var button = document.getElementById("camera");
    var finder = document.getElementById("finder");
    var video = finder.querySelector("video");
    var failure = document.getElementById("camera-failure");

    function look(number) {
        field.value = number;
        field.form.submit();
    }

    var typed = "";
    var last = 0;

    function key(event) {
        if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.nodeName)) return;
        // When the key was pressed, not when a busy tablet came to it.
        if (event.timeStamp - last > KEY_MS) typed = "";
        last = event.timeStamp;
        if (event.key === "Enter" && typed.length >= SCAN_LETTERS) {
            event.preventDefault();
            look(typed.slice(0, NUMBER_LETTERS));
        } else if (event.key.length === 1) {
            typed += event.key;
        }
    }

    var stream = null;
    var detector = null;

    function close() {
        if (!stream) return;
        stream.getTracks().forEach(function (track) { track.stop(); });
        stream = null;
        video.srcObject = null;
        finder.hidden = true;
        button.setAttribute("aria-expanded", "false");
    }

    function seek() {
        if (!stream) return;
        detector.detect(video).then(function (codes) {
            if (!stream) return;
            var fitting = codes.filter(function (code) { return code.rawValue && code.rawValue.length <= NUMBER_LETTERS; });
            if (fitting.length === 0) return setTimeout(seek, LOOK_MS);
            close();
            look(fitting[0].rawValue);
        }).catch(fail);
    }

    function fail() {
        close();
        failure.textContent = failure.getAttribute("data-text");
    }

    function open() {
        if (stream) return close();
        failure.textContent = "";
        navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(function (opened) {
            stream = opened;
            video.srcObject = stream;
            finder.hidden = false;
            button.setAttribute("aria-expanded", "true");
            return video.play();
        }).then(seek).catch(fail);
    }

    // It may be there and know no code at all.
    function offer() {
        if (!window.isSecureContext || !window.BarcodeDetector || !navigator.mediaDevices) return;
        window.BarcodeDetector.getSupportedFormats().then(function (formats) {
            if (formats.length === 0) return;
            detector = new window.BarcodeDetector({ formats: formats });
            button.hidden = false;
        });
    }

    document.addEventListener("keydown", key);
    // What stands there was looked up already: the next number takes its place.
    field.addEventListener("focus", function () { field.select(); });
    button.addEventListener("click", open);
    document.addEventListener("keydown", function (event) { if (event.key === "Escape") close(); });
    document.addEventListener("visibilitychange", function () { if (document.hidden) close(); });
    offer();
})();
