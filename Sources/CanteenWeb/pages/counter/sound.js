// A sound for each colour, for those who do not look or cannot tell the colours apart.

const tunes = {
  good: [[880, 0.12]],
  warn: [[600, 0.12], [600, 0.12]],
  bad: [[220, 0.35]],
};

let context;

export function play(mood) {
  try {
    context ??= new AudioContext();
    let at = context.currentTime;
    for (const [pitch, length] of tunes[mood] ?? []) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.2, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + length);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + length);
      at += length + 0.06;
    }
  } catch {
    // A device without sound still has colours and words.
  }
}
