// Keeps the page fresh: asks for /view when the box says that something changed, and every two seconds where it cannot
// say so. Only sections whose text changed are replaced, so that focus, typing and scrolling stay as they are.
(function () {
    "use strict";

    var POLL_MS = 2000; // also when the box has gone: it may come back
    var CHECK_MS = 10000; // while the box tells changes by itself: is it still there?
    var CALM_MS = 500; // between two looks, however fast things change
    var ANSWER_MS = 5000;
    var SILENT_MS = 6000; // one lost answer is nothing to tell people

    var main = document.getElementById("main");
    var silence = document.getElementById("silence");
    var heard = Date.now();
    var told = false; // the box tells changes by itself
    var asking = false;
    var again = false;
    var timer = null;

    function now() {
        var about = document.getElementById("about");
        return about ? about.getAttribute("data-now") : "";
    }

    function copyAttributes(from, to) {
        var i;
        for (i = to.attributes.length - 1; i >= 0; i--)
            if (!from.hasAttribute(to.attributes[i].name)) to.removeAttribute(to.attributes[i].name);
        for (i = 0; i < from.attributes.length; i++) to.setAttribute(from.attributes[i].name, from.attributes[i].value);
    }

    // The element itself stays: a live region that is replaced is not read out.
    function replace(old, fresh) {
        if (old.outerHTML === fresh.outerHTML || old.querySelector("form")) return;
        copyAttributes(fresh, old);
        if (old.innerHTML === fresh.innerHTML) return;
        while (old.firstChild) old.removeChild(old.firstChild);
        while (fresh.firstChild) old.appendChild(document.adoptNode(fresh.firstChild));
    }

    function show(html) {
        var view = new DOMParser().parseFromString(html, "text/html").body;
        Array.prototype.slice.call(view.children).forEach(function (fresh) {
            var old = fresh.id && document.getElementById(fresh.id);
            if (old && old.parentNode === main) replace(old, fresh);
        });
    }

    function tellSilence() {
        var silent = Date.now() - heard > SILENT_MS;
        if (silent === !silence.hidden) return;
        silence.textContent = silent ? silence.getAttribute("data-text").replace("{time}", now()) : "";
        silence.hidden = !silent;
        document.documentElement.className = silent ? "silent" : "";
    }

    function later(delay) {
        clearTimeout(timer);
        timer = setTimeout(ask, delay);
    }

    function done(well) {
        asking = false;
        tellSilence();
        later(again ? CALM_MS : well && told ? CHECK_MS : POLL_MS);
        again = false;
    }

    function ask() {
        if (asking) {
            again = true;
            return;
        }
        if (document.hidden) return; // asked for again when somebody looks
        asking = true;
        var over = false;
        function finish(well) {
            if (over) return;
            over = true;
            clearTimeout(limit);
            done(well);
        }
        var limit = setTimeout(function () { finish(false); }, ANSWER_MS);
        fetch("/view" + location.search, { credentials: "same-origin", cache: "no-store" })
            .then(function (answer) {
                if (!answer.ok) throw new Error(String(answer.status));
                return answer.text();
            })
            .then(function (html) {
                if (over) return;
                heard = Date.now();
                show(html);
                finish(true);
            })
            .catch(function () { finish(false); });
    }

    function listen() {
        if (!window.EventSource) return;
        var events = new EventSource("/events");
        events.onopen = function () { told = true; };
        events.onmessage = function () {
            told = true;
            ask();
        };
        events.onerror = function () {
            told = false;
            later(POLL_MS);
        };
    }

    Array.prototype.forEach.call(document.querySelectorAll("[data-print]"), function (button) {
        button.hidden = false;
        button.addEventListener("click", function () { window.print(); });
    });

    document.addEventListener("visibilitychange", function () {
        if (document.hidden) return;
        heard = Math.max(heard, Date.now() - SILENT_MS / 2);
        ask();
    });
    listen();
    later(POLL_MS);
})();
