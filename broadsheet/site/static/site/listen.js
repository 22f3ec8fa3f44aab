// An article read out: how fast, and from where.

class Listen extends HTMLElement {
  connectedCallback() {
    const audio = this.querySelector("audio");
    this.append(this.querySelector("template").content);
    const [rate, place] = this.querySelectorAll("select");
    rate.onchange = () => {
      audio.playbackRate = audio.defaultPlaybackRate = rate.value;
    };
    if (!place) return;
    place.onchange = () => {
      const at = place.value;
      const go = () => {
        audio.currentTime = at;
      };
      // Nothing is known of the file yet.
      if (audio.readyState) go();
      else audio.onloadedmetadata = go;
      audio.play().catch(() => {}); // paused before it began
    };
    audio.ontimeupdate = () => {
      place.selectedIndex = [...place].findLastIndex(({ value }) => value <= audio.currentTime + 0.1);
    };
  }
}

customElements.define("broadsheet-listen", Listen);
