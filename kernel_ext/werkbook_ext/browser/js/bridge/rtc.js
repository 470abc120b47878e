// WebRTC sends datagrams past the policy, so the page has none. Nothing else of a window
// leads to these constructors; a frame that the page makes has its own.

const CONSTRUCTORS = [
  "RTCPeerConnection",
  "webkitRTCPeerConnection",
  "mozRTCPeerConnection",
];

export function takeRtcAway() {
  for (const name of CONSTRUCTORS) Reflect.deleteProperty(window, name);
}
