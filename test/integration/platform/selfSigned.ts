/**
 * A certificate for `localhost` that nobody vouches for, made for these tests alone with
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost`.
 */
export const SELF_SIGNED = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5Bm+akSeaFjYc71u
xoj8qqzwNSuTGemK2Q2CmRNhfE+hRANCAARQmIhg1hfM3RxDNZYcyTAYrTNKAxws
Vt5p5ozyla8L3ylVmRUxDWyUhuw3IGcqVGQV1Lpjy7WbR2BJiFeoO+Jk
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUIDi6jhw0abySuA9DCuK6GGy0rXwwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjE0MDQwMloYDzIxMjYxMTAy
MTQwNDAyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARQmIhg1hfM3RxDNZYcyTAYrTNKAxwsVt5p5ozyla8L3ylVmRUxDWyU
huw3IGcqVGQV1Lpjy7WbR2BJiFeoO+Jko1MwUTAdBgNVHQ4EFgQU6PRiK0lha3TW
wPWkw1Mo2v8KzAAwHwYDVR0jBBgwFoAU6PRiK0lha3TWwPWkw1Mo2v8KzAAwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBPnWvd+/mmfAkv8T/3ophP
NxXa6ApbQttRc1qAEOm5mgIhAODnnoHOfbr6avRopMA/vYuRtXp2l8GKyN6rvaj0
6e5+
-----END CERTIFICATE-----
`,
};
