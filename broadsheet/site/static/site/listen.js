// How fast an article is read out, and where one goes on. Without it a player is the browser's own.

class Listen extends HTMLElement {
  connectedCallback() {
    const audio = this.querySelector("audio");
    this.append(this.querySelector("template").content);
    const [rate, place] = this.querySelectorAll("select");
    rate.onchange = () => {
      // Both: a file that is fetched later begins with the other.
      audio.playbackRate = audio.defaultPlaybackRate = rate.value;
    };
    if (!place) return;
    place.onchange = () => {
      audio.currentTime = place.value;
      audio.play();
    };
    audio.ontimeupdate = () => {
      place.selectedIndex = [...place].findLastIndex(({ value }) => value <= audio.currentTime + 0.1);
    };
  }
}

customElements.define("broadsheet-listen", Listen);
