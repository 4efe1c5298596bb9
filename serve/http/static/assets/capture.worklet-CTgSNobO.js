/** Sends the microphone's samples to the page in blocks of about 40 ms, as they come. */
class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Float32Array(Math.round(sampleRate * 0.04));
    this.filled = 0;
  }

  process([input]) {
    const samples = input[0];
    if (samples === undefined) return true;
    let from = 0;
    while (from < samples.length) {
      const piece = samples.subarray(from, from + this.block.length - this.filled);
      this.block.set(piece, this.filled);
      this.filled += piece.length;
      from += piece.length;
      if (this.filled === this.block.length) {
        this.port.postMessage(this.block.slice());
        this.filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("capture", Capture);
