package redaction

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tickmark/engine"
)

func TestTokensThatSayWhoMadeThemAreRedacted(t *testing.T) {
	hex, mixed := strings.Repeat("0a1b", 16), strings.Repeat("Ab3x", 24)
	for _, token := range []string{
		"glrt-" + mixed[:20], "glsa_" + mixed[:32] + "_0a1b2c3d", "glc_" + mixed[:60], "xapp-1-A0B1C2-123-" + hex, "whsec_" + mixed[:32],
		"sk-proj-" + mixed[:48], "sk-ant-api03-" + mixed[:48], "hf_" + mixed[:34], "hvb." + mixed[:60], "dp.st.prd." + mixed[:40], "dop_v1_" + hex,
		"123456789:AA" + mixed[:33], "ya29." + mixed[:60], "GOCSPX-" + mixed[:28], "pypi-AgE" + mixed[:60], "Ab38Q~" + mixed[:34],
		"NRAK-" + strings.Repeat("A1B", 9), "shpat_" + hex[:32], "sq0csp-" + mixed[:43], "pul-" + hex[:40], mixed[:14] + ".atlasv1." + mixed[:60],
		"lin_api_" + mixed[:40], "key-" + hex[:32], "PMAK-" + hex[:24] + "-" + hex[:34], "dapi" + hex[:32], "tskey-auth-" + mixed[:12] + "-" + mixed[:32],
	} {
		assert.Equal(t, "is [redacted:token], so", New().Text("is "+token+", so"), token)
		assert.Len(t, Keys("is "+token), 1, token)
	}
	for text, want := range map[string]string{
		"bob:$apr1$x8Kq0zKQ$" + mixed[:22]:                       "bob:[redacted:password-hash]",
		"bob:$2y$10$" + mixed[:53]:                               "bob:[redacted:password-hash]",
		"root:$6$rounds=5000$abcd$" + mixed[:86] + ":1:0":        "root:[redacted:password-hash]:1:0",
		"$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$" + mixed[:43]:    "[redacted:password-hash]",
		"https://discord.com/api/webhooks/12/" + mixed[:68]:      "https://discord.com/api/webhooks/12/[redacted:token]",
		"https://x.webhook.office.com/webhookb2/" + hex + "/a/b": "https://x.webhook.office.com/webhookb2/[redacted:token]",
		"AKIAIOSFODNN7EXAMPLE:" + mixed[:40]:                     "[redacted:aws-key]:[redacted:aws-key]",
		"eyJhbGciOiJSU0EifQ.." + mixed[:16] + "." + mixed[:43]:   "[redacted:jwt]",
	} {
		assert.Equal(t, want, New().Text(text))
	}
}

func TestPasswordsWithoutANameAreRedacted(t *testing.T) {
	for text, want := range map[string]string{
		"https://0123456789abcdef0123@github.example/a.git":    "https://[redacted:token]@github.example/a.git",
		"jdbc:oracle:thin:scott/hunter22@//db:1521/pay":        "jdbc:oracle:thin:scott/[redacted:url-password]@//db:1521/pay",
		"u:hunter22@db.example:3306/pay":                       "u:[redacted:url-password]@db.example:3306/pay",
		"bob:hunter22@registry.example/pay/api:1":              "bob:[redacted:url-password]@registry.example/pay/api:1",
		"Authorization: Basic Ym9iOmh1bnRlcjIy":                "Authorization: Basic [redacted:token]",
		"-H 'authorization: token abcdefgh12'":                 "-H 'authorization: token [redacted:token]'",
		"Cookie: session=abcdefgh12":                           "Cookie: [redacted:token]",
		"db:6432:pay:app:hunter22":                             "db:6432:pay:app:[redacted:named-secret]",
		"docker login -u bob -p hunter22 r.example":            "docker login -u bob -p [redacted:named-secret] r.example",
		"mongosh -u root -p hunter22 --host db":                "mongosh -u root -p [redacted:named-secret] --host db",
		"ldapsearch -D cn=x -w hunter22 -b dc=x":               "ldapsearch -D cn=x -w [redacted:named-secret] -b dc=x",
		"openssl rsa -passin pass:hunter22 -in x":              "openssl rsa -passin pass:[redacted:named-secret] -in x",
		"keytool -storepass hunter22 -list":                    "keytool -storepass [redacted:named-secret] -list",
		"echo root:hunter22 | chpasswd":                        "echo root:[redacted:named-secret] | chpasswd",
		`echo "hunter22" | passwd --stdin root`:                `echo "[redacted:named-secret]" | passwd --stdin root`,
		"REDISCLI_AUTH=hunter22 redis-cli":                     "REDISCLI_AUTH=[redacted:named-secret] redis-cli",
		"Passwort: hunter22":                                   "Passwort: [redacted:named-secret]",
		`{\"password\":\"hun\\\"ter\",\"n\":1}`:                `{\"password\":\"[redacted:named-secret]\",\"n\":1}`,
		`{"a":"{\\\"apiKey\\\": 12345, \\\"b\\\":1}"}`:         `{"a":"{\\\"apiKey\\\": [redacted:named-secret], \\\"b\\\":1}"}`,
		"?pan=4111%201111%201111%201111&n=%204111111111111111": "?pan=[redacted:card-number]&n=%20[redacted:card-number]",
	} {
		assert.Equal(t, want, New().Text(text))
	}
	for _, text := range []string{
		"user:ann@example.com", "serviceAccount:ci@pay.iam.gserviceaccount.com", "nginx:1.27@sha256:" + strings.Repeat("12ab", 16),
		"registry.example/a:1@sha256:" + strings.Repeat("4", 64), "authorization: rbac", "--authorization-mode=Node,RBAC", "Cookie: see the policy",
		`"auth": "required-by-default"`, `{\"token\":{\"ttl\":\"1h\"}}`, "mongod --port 27017 --path /data", "the-password-policy is long",
		"sk-deployment-of-the-payments-team-in-production", "ssh://git@host.example/a.git", "key-value-store-of-the-payments-team", "$100 or $200 at least 20 times",
	} {
		assert.Equal(t, text, New().Text(text))
	}
}

// What is encoded is read, also where it was encoded again.
func TestSecretsInBase64AreRedacted(t *testing.T) {
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for text, want := range map[string]string{
		"a " + encode("password=hunter22 x") + " b":                    "a [redacted:named-secret] b",
		"a " + encode(encode("password=hunter22 x")) + " b":            "a [redacted:named-secret] b",
		encode("4111111111111111"):                                     "[redacted:card-number]",
		encode("-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE"):             "[redacted:private-key]",
		base64.RawURLEncoding.EncodeToString([]byte("token: abc??>>")): "[redacted:named-secret]",
		`{"auths":{"r":{"auth":"` + encode("bob:hunter22") + `"}}}`:    `{"auths":{"r":{"auth":"[redacted:token]"}}}`,
		`{\"auth\":\"` + encode("bob:hunter22") + `\"}`:                `{\"auth\":\"[redacted:token]\"}`,
		"_auth=" + encode("bob:hunter22"):                              "_auth=[redacted:token]",
		encode("nothing that anybody would hide"):                      encode("nothing that anybody would hide"),
		"allowPrivilegeEscalation":                                     "allowPrivilegeEscalation",
	} {
		assert.Equal(t, want, New().Text(text))
	}
}

func TestKeysAndNumbersOfObjectsAreRead(t *testing.T) {
	tree := map[string]any{"spec": map[string]any{
		"AKIAIOSFODNN7EXAMPLE": "a", "pan": 4111111111111111.0, "token": 123456789.5, "share": 0.5,
		"httpHeaders": []any{map[string]any{"name": "X-Note", "value": "q7Xf2Lm9Zt4Kc8Vb1Nh6Rj3W"}},
	}}
	New().Object(tree, engine.Kind{Group: "example.com", Kind: "Thing"})
	assert.Equal(t, map[string]any{
		"[redacted:aws-key]": "a", "pan": "[redacted:card-number]", "token": "[redacted:named-secret]", "share": 0.5,
		"httpHeaders": []any{map[string]any{"name": "X-Note", "value": "[redacted:random-text]"}},
	}, tree["spec"])
}
