// The page's side of worker.js: every call is a promise.

export class Sealer {
  #worker = null;
  #waiting = new Map();
  #next = 1;

  constructor() {
    try {
      this.#worker = new Worker('worker.js');
    } catch {
      return; // a browser without: every call says so
    }
    this.#worker.onmessage = ({ data: { id, result, fault } }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (fault === undefined) resolve(result);
      else reject(new Error(fault));
    };
    this.#worker.onerror = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('worker'));
      this.#waiting.clear();
    };
  }

  call(name, value) {
    if (!this.#worker) return Promise.reject(new Error('worker'));
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, value });
    });
  }
}
