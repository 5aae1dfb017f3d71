package kube

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func TestWhatLooksLikeASecretIsRedacted(t *testing.T) {
	a := strings.Repeat("a", 40)
	for text, want := range map[string]string{
		"x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl y":                       "x [redacted:jwt] y",
		"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter": "[redacted:private-key]\nafter",
		"-----BEGIN PRIVATE KEY-----\ncut short":                                      "[redacted:private-key]",
		"-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----":                "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
		"id AKIAIOSFODNN7EXAMPLE":                                                     "id [redacted:aws-key]",
		"ghp_" + a:                                                                    "[redacted:token]",
		"Authorization: Bearer " + a:                                                  "Authorization: Bearer [redacted:token]",
		"https://hooks.slack.com/services/T000/B000/XXXX":                             "https://hooks.slack.com/services/[redacted:token]",
		"postgres://u:p4ss@db:5432/x?sslmode=verify-full":                             "postgres://u:[redacted:url-password]@db:5432/x?sslmode=verify-full",
		"postgres://u:$(DB_PASSWORD)@db/x":                                            "postgres://u:$(DB_PASSWORD)@db/x",
		"card 4111111111111111.":                                                      "card [redacted:card-number].",
		"card 4111-1111-1111-1111, 3782 822463 10005":                                 "card [redacted:card-number], [redacted:card-number]",
		"order-5555555555554444":                                                      "order-[redacted:card-number]",
		"4111 1111 1111 1111 12/28":                                                   "[redacted:card-number] 12/28",
		"pan=4111111111111111abc":                                                     "pan=[redacted:card-number]abc",
	} {
		assert.Equal(t, want, newRedactor().text(text))
	}
}

func TestOrdinaryTextIsLeftAlone(t *testing.T) {
	for _, text := range []string{
		"sha256:" + strings.Repeat("4", 64),
		"registry.example/a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"aaaaaaaaaaaaaaaa4111111111111111bbbb",
		"550e8400-e29b-41d4-a716-446655440000",
		"4111111111111112", "1700000000000000000", "0000000000000000", "20260101120000000",
		"100m", "1073741824", "128Mi", "2026-01-02T03:04:05.000000000Z",
		"10.0.0.1:443", "arn:aws:iam::123456789012:role/pay", "https://user@host/path", "http://host:8080/a@b",
		"--tls-private-key-file=/etc/kubernetes/pki/apiserver.key", "--service-account-key-file=/etc/sa.pub",
		"secretName: db", "tokenizer=bert", "password_file: /run/secrets/db", "key: value", "--secret-name=db", "TOKEN_TTL=3600",
		"password: ${DB_PASSWORD}", "--password=$(PASSWORD)", "token: {{ .token }}", "if secret == x", "password:", "the secrets and tokens of others",
		"eventually consistent tokens; keys are public",
	} {
		assert.Equal(t, text, newRedactor().loose(text))
	}
}

func TestAssignmentsInRunningText(t *testing.T) {
	const gone = "[redacted:named-secret]"
	for text, want := range map[string]string{
		"password=hunter2":                            "password=" + gone,
		"a=1\n  db.password = my pass, word\nb=2":     "a=1\n  db.password = " + gone + "\nb=2",
		`{"user":"u","password":"a\"b","n":1}`:        `{"user":"u","password":"` + gone + `","n":1}`,
		`{"apiKey": 12345, "x": 1}`:                   `{"apiKey": ` + gone + `, "x": 1}`,
		"curl --token=abc -X GET":                     "curl --token=" + gone + " -X GET",
		"mysql --password hunter2 -u root":            "mysql --password " + gone + " -u root",
		"PGPASSWORD=x psql":                           "PGPASSWORD=" + gone,
		"export AWS_SECRET_ACCESS_KEY='abc/def'; run": "export AWS_SECRET_ACCESS_KEY='" + gone + "'; run",
		"?client_secret=abc&x=1":                      "?client_secret=" + gone + "&x=1",
		`{"token":{"ttl":"1h"},"secrets":["a"]}`:      `{"token":{"ttl":"1h"},"secrets":["a"]}`,
		"password={SSHA}abc":                          "password=" + gone,
	} {
		assert.Equal(t, want, newRedactor().loose(text))
	}
}

func TestNamesThatSaySecret(t *testing.T) {
	for name, want := range map[string]bool{
		"PASSWORD": true, "DB_PASSWORD": true, "dbPassword": true, "PGPASSWORD": true, "MYSQL_ROOT_PASSWORD": true, "API_KEY": true,
		"AWS_SECRET_ACCESS_KEY": true, "AUTH_TOKEN": true, "authToken": true, "CLIENT_SECRET": true, "ENCRYPTION_KEY": true, "KEY": true,
		"PASSWORD_FILE": false, "SECRET_NAME": false, "TOKEN_TTL": false, "TOKENIZER_MODEL": false, "PUBLIC_KEY": false, "KEYCLOAK_HOST": false,
		"PARTITION_KEY": false, "password_encryption": false, "LOG_LEVEL": false, "MONKEY": false, "COMPASS": false, "": false,
	} {
		assert.Equal(t, want, saysSecret(name), name)
	}
}

func TestRedactionReachesKeysNumbersAndNames(t *testing.T) {
	doc, counts, err := Document([]byte(`{"apiVersion":"example.com/v1","kind":"Order","metadata":{"name":"o-4111111111111111"},
		"spec":{"4111111111111111":1,"5555555555554444":2,"pan":4111111111111111,"list":["x",378282246310005],"none":null}}`))
	require.NoError(t, err)
	assert.Equal(t, "o-[redacted:card-number]", doc.Ref.Name)
	assert.Equal(t, `{"apiVersion":"example.com/v1","kind":"Order","metadata":{"name":"o-[redacted:card-number]"},`+
		`"spec":{"[redacted:card-number]":1,"[redacted:card-number] 2":2,"list":["x","[redacted:card-number]"],"pan":"[redacted:card-number]"}}`, string(doc.Body))
	assert.Equal(t, map[string]int{"card-number": 5}, counts)
}

func TestASecretThatStandsInTheEnvironmentStaysVisibleAsSuch(t *testing.T) {
	doc, counts, err := Document([]byte(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c",
		"env":[{"name":"API_TOKEN","value":"abc"},{"name":"API_TOKEN_FILE","value":"/run/x"},{"name":"EMPTY_PASSWORD","value":""}]}]}}`))
	require.NoError(t, err)
	assert.Contains(t, string(doc.Body), `{"name":"API_TOKEN","value":"[redacted:named-secret]"},{"name":"API_TOKEN_FILE","value":"/run/x"},{"name":"EMPTY_PASSWORD"}`)
	assert.Equal(t, 1, counts["named-secret"])
}

func TestTheAnnotationOfKubectlIsDropped(t *testing.T) {
	with := `{"apiVersion":"%","kind":"X","metadata":{"name":"a","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}}}`
	for _, version := range []string{"example.com/v1", "v1"} {
		doc, _, err := Document([]byte(strings.ReplaceAll(with, "%", version)))
		require.NoError(t, err)
		assert.NotContains(t, string(doc.Body), "annotations")
	}
}

func TestSecretsUnderOtherKindsAndKeysAreRedacted(t *testing.T) {
	for _, raw := range []string{
		`{"apiVersion":"v1","kind":"secret","metadata":{"name":"a"},"data":{"db":"TEAK"}}`,
		`{"apiVersion":"core/v1","kind":"Secret","metadata":{"name":"a"},"stringData":{"db":"TEAK","x":"[redacted:TEAK]"}}`,
		`{"apiVersion":"x.io/v1","kind":"Secret","metadata":{"name":"a"},"data":["TEAK"]}`,
		`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","annotations":{"other/last":"{\"kind\":\"Secret\",\"data\":{\"a\":\"TEAK\"}}","m":"{\"stringData\":{\"a\":\"TEAK\"}}"}}}`,
		`{"apiVersion":"x.io/v1","kind":"Db","metadata":{"name":"a","labels":{"password":"TEAK"}},"spec":{"adminPassword":"TEAK","users":[{"password":"TEAK"}],"literals":["password=TEAK"],"values":"db:\n  password: TEAK\n","path":"/h?token=TEAK"}}`,
		`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c","args":["--password","-TEAK"],"env":[{"name":"PASSWORD2","value":"TEAK"},{"name":"SSHKEY","value":"TEAK"},{"name":"DBPASS","value":"TEAK"},{"name":"MY_CREDS","value":"TEAK"}],"livenessProbe":{"httpGet":{"port":80,"httpHeaders":[{"name":"Authorization","value":"TEAK"}]}}}]}}`,
	} {
		doc, _, err := Document([]byte(raw))
		require.NoError(t, err)
		assert.NotContains(t, string(doc.Body), "TEAK")
	}
	kept := `{"apiVersion":"x.io/v1","kind":"Db","metadata":{"name":"a"},"spec":{"passwordSecretRef":{"key":"password","name":"db"},"secretName":"db","token":"$(TOKEN)","topologyKey":"zone"}}`
	doc, _, err := Document([]byte(kept))
	require.NoError(t, err)
	assert.Equal(t, kept, string(doc.Body))
}

func TestPrintable(t *testing.T) {
	assert.Equal(t, "a [31mred b ]52;c; tab", Printable("a \x1b[31mred\u202e\nb\x07 \x1b]52;c;\ttab\x00"))
	assert.Equal(t, "\ufffd", Printable("\xff"))
	assert.LessOrEqual(t, len(Printable(strings.Repeat("ü", 10000))), maxLine+3)
	assert.Equal(t, "pan [redacted:card-number]", Printable("pan 4111111111111111"))
}

func FuzzRedact(f *testing.F) {
	f.Add("password=4111111111111111", "4111111111111111")
	f.Add(`{"token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"}`, "5555 5555 5555 4444")
	f.Add("-----BEGIN PRIVATE KEY-----", "3782-822463-10005")
	f.Add("http://a:b@c --secret x", "30569309025904")
	f.Fuzz(func(t *testing.T, text, card string) {
		for _, redact := range []func(string) string{newRedactor().text, newRedactor().loose} {
			once := redact(text)
			assert.Equal(t, once, redact(once), "redacting twice changes nothing: %q", text)
			assert.Empty(t, cardNumbers(once))
			if plain := strings.NewReplacer(" ", "", "-", "").Replace(card); len(plain) >= 13 && len(plain) <= 19 && strings.Trim(plain, "0123456789") == "" && isCard(plain) {
				assert.NotContains(t, redact(text+" <"+plain+"> "), plain)
			}
		}
	})
}

func FuzzDocument(f *testing.F) {
	f.Add([]byte(`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"a":"YQ=="}}`))
	f.Add([]byte(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"env":[{"name":"PASSWORD","value":"x"}]}]}}`))
	f.Add([]byte(`{"apiVersion":"x/v1","kind":"Y","a":{"b":[1,2.5,"4111111111111111",null]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		doc, _, err := Document(raw)
		if err != nil {
			return
		}
		again, counts, err := Document(doc.Body)
		require.NoError(t, err)
		assert.Equal(t, string(doc.Body), string(again.Body))
		delete(counts, secretValue) // withheld again, whatever stands there
		delete(counts, binaryData)
		assert.Empty(t, counts, "nothing is left to redact")
		canonical, err := engine.CanonicalJSON(doc.Body)
		require.NoError(t, err)
		assert.Equal(t, string(canonical), string(doc.Body))
	})
}
