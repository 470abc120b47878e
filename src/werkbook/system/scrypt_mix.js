/**
 * scrypt's ROMix (RFC 7914, 5) on one block.
 * @param {Uint8Array} block 128 * r bytes.
 * @param {number} n How many blocks are kept, a power of two.
 * @param {number} r
 * @returns {Uint8Array}
 */
export function mix(block, n, r) {
  const words = 32 * r;
  const x = new Uint32Array(
    block.buffer.slice(block.byteOffset, block.byteOffset + 4 * words),
  );
  const kept = new Uint32Array(words * n);
  const mixed = new Uint32Array(words);
  const t = new Uint32Array(16);
  const turned = (a, bits) => (a << bits) | (a >>> (32 - bits));
  // Salsa20/8 with its words in variables: in an array it takes four times as long.
  const salsa = () => {
    let [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15] = t;
    for (let round = 0; round < 4; round++) {
      a4 ^= turned((a0 + a12) | 0, 7);
      a8 ^= turned((a4 + a0) | 0, 9);
      a12 ^= turned((a8 + a4) | 0, 13);
      a0 ^= turned((a12 + a8) | 0, 18);
      a9 ^= turned((a5 + a1) | 0, 7);
      a13 ^= turned((a9 + a5) | 0, 9);
      a1 ^= turned((a13 + a9) | 0, 13);
      a5 ^= turned((a1 + a13) | 0, 18);
      a14 ^= turned((a10 + a6) | 0, 7);
      a2 ^= turned((a14 + a10) | 0, 9);
      a6 ^= turned((a2 + a14) | 0, 13);
      a10 ^= turned((a6 + a2) | 0, 18);
      a3 ^= turned((a15 + a11) | 0, 7);
      a7 ^= turned((a3 + a15) | 0, 9);
      a11 ^= turned((a7 + a3) | 0, 13);
      a15 ^= turned((a11 + a7) | 0, 18);
      a1 ^= turned((a0 + a3) | 0, 7);
      a2 ^= turned((a1 + a0) | 0, 9);
      a3 ^= turned((a2 + a1) | 0, 13);
      a0 ^= turned((a3 + a2) | 0, 18);
      a6 ^= turned((a5 + a4) | 0, 7);
      a7 ^= turned((a6 + a5) | 0, 9);
      a4 ^= turned((a7 + a6) | 0, 13);
      a5 ^= turned((a4 + a7) | 0, 18);
      a11 ^= turned((a10 + a9) | 0, 7);
      a8 ^= turned((a11 + a10) | 0, 9);
      a9 ^= turned((a8 + a11) | 0, 13);
      a10 ^= turned((a9 + a8) | 0, 18);
      a12 ^= turned((a15 + a14) | 0, 7);
      a13 ^= turned((a12 + a15) | 0, 9);
      a14 ^= turned((a13 + a12) | 0, 13);
      a15 ^= turned((a14 + a13) | 0, 18);
    }
    t[0] += a0;
    t[1] += a1;
    t[2] += a2;
    t[3] += a3;
    t[4] += a4;
    t[5] += a5;
    t[6] += a6;
    t[7] += a7;
    t[8] += a8;
    t[9] += a9;
    t[10] += a10;
    t[11] += a11;
    t[12] += a12;
    t[13] += a13;
    t[14] += a14;
    t[15] += a15;
  };
  const blockMix = () => {
    t.set(x.subarray(words - 16, words));
    for (let i = 0; i < 2 * r; i++) {
      for (let k = 0; k < 16; k++) t[k] ^= x[16 * i + k];
      salsa();
      mixed.set(t, 16 * ((i >> 1) + (i & 1) * r));
    }
    x.set(mixed);
  };
  for (let i = 0; i < n; i++) {
    kept.set(x, i * words);
    blockMix();
  }
  for (let i = 0; i < n; i++) {
    const at = (x[words - 16] & (n - 1)) * words;
    for (let k = 0; k < words; k++) x[k] ^= kept[at + k];
    blockMix();
  }
  return new Uint8Array(x.buffer);
}
