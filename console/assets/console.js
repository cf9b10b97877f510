// What pages gain where scripts run; without this file all of them work, only less lively.
"use strict";

// A question before what cannot be undone.
document.addEventListener("submit", (event) => {
	const question = event.submitter && event.submitter.dataset.confirm;
	if (question && !window.confirm(question)) event.preventDefault();
});

// <div data-live="/live/...">: the server sends its new content whenever it changes. With data-reload the page is loaded anew
// when it will not change any more, for what stands around it (buttons, lists) depends on that.
for (const part of document.querySelectorAll("[data-live]")) {
	const source = new EventSource(part.dataset.live);
	source.addEventListener("part", (event) => { part.innerHTML = event.data; });
	source.addEventListener("over", () => {
		source.close();
		if ("reload" in part.dataset) location.reload();
	});
}
