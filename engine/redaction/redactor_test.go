package redaction

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
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
		"https://hooks.slack.com/services/XXX":                                        "https://hooks.slack.com/services/XXX", // the place of one
		"https://hooks.slack.com/services/T000/B000/XXXX":                             "https://hooks.slack.com/services/[redacted:token]",
		"postgres://u:p4ss@db:5432/x?sslmode=verify-full":                             "postgres://u:[redacted:url-password]@db:5432/x?sslmode=verify-full",
		"postgres://u:$(DB_PASSWORD)@db/x":                                            "postgres://u:$(DB_PASSWORD)@db/x",
		"card 4111111111111111.":                                                      "card [redacted:card-number].",
		"card 4111-1111-1111-1111, 3782 822463 10005":                                 "card [redacted:card-number], [redacted:card-number]",
		"order-5555555555554444":                                                      "order-[redacted:card-number]",
		"4111 1111 1111 1111 12/28":                                                   "[redacted:card-number] 12/28",
		"pan=4111111111111111abc":                                                     "pan=[redacted:card-number]abc",
		"4111.1111.1111.1111 4111_1111_1111_1111 4111/1111/1111/1111":                 "[redacted:card-number] [redacted:card-number] [redacted:card-number]",
		"4111  1111  1111  1111 and 4111\u00a01111\u00a01111\u00a01111":               "[redacted:card-number] and [redacted:card-number]",
		"4111\u20131111\u20131111\u20131111 4111\u200b1111\u200b1111\u200b1111":       "[redacted:card-number] [redacted:card-number]",
		"\uff14\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11": "[redacted:card-number]",
		"track ;4111111111111111=25121010000012345678? 4111111111111111D25121010000012345678F":             "track ;[redacted:card-number] [redacted:card-number]",
		"%B4111111111111111^DOE/J^2512101?": "%B[redacted:card-number]",
		`4111\u00a01111\u00a01111\u00a01111 4111\u20111111\u20111111\u20111111 4111\t1111\t1111\t1111`: "[redacted:card-number] [redacted:card-number] [redacted:card-number]",
		"4111&nbsp;1111&nbsp;1111&nbsp;1111 4111~1111~1111~1111":                                       "[redacted:card-number] [redacted:card-number]",
		"pan 0004111111111111111 00000003782822463100052"[:23]:                                         "pan [redacted:card-number]",
		"/cards/4111111111111111/transactions/of/2026/november/and/December/Totals":                    "/cards/[redacted:card-number]/transactions/of/2026/november/and/December/Totals",
		"postgres://u:p/4ss@db:5432/x":                                                                 "postgres://u:[redacted:url-password]@db:5432/x",
		"DSN u:p4ss@tcp(db:3306)/x":                                                                    "DSN u:[redacted:url-password]@tcp(db:3306)/x",
		"https://x.blob.core.windows.net/a?sv=2024&sig=abcdefghij0123456789%3D":                        "https://x.blob.core.windows.net/a?sv=2024&sig=[redacted:token]",
		"requirepass hunter22":                                                                         "requirepass [redacted:named-secret]",
		"machine db login pay password hunter22":                                                       "machine db login pay password [redacted:named-secret]",
		"db.example:5432:pay:app:hunter22":                                                             "db.example:5432:pay:app:[redacted:named-secret]",
		"mysqldump -h db -u root -phunter22 pay":                                                       "mysqldump -h db -u root -p[redacted:named-secret] pay",
		"curl -s -u admin:hunter22 https://x":                                                          "curl -s -u admin:[redacted:named-secret] https://x",
		"sshpass -p hunter22 ssh x; redis-cli -a s3cret":                                               "sshpass -p [redacted:named-secret] ssh x; redis-cli -a [redacted:named-secret]",
	} {
		assert.Equal(t, want, New().Looks(text))
	}
}

func TestOrdinaryTextIsLeftAlone(t *testing.T) {
	for _, text := range []string{
		"sha256:" + strings.Repeat("4", 64),
		"registry.example/a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"aaaaaaaaaaaaaaaa4111111111111111bbbb",
		"550e8400-e29b-41d4-a716-446655440000", "k8s:11111111-2222-3333-4444-555555555555", "55555555-5555-4444-4111-111111111111",
		"4111111111111112", "1700000000000000000", "0000000000000000", "20260101120000000",
		"100m", "1073741824", "128Mi", "2026-01-02T03:04:05.000000000Z",
		"10.0.0.1:443", "arn:aws:iam::123456789012:role/pay", "https://user@host/path", "http://host:8080/a@b",
		"--tls-private-key-file=/etc/kubernetes/pki/apiserver.key", "--service-account-key-file=/etc/sa.pub",
		"secretName: db", "tokenizer=bert", "password_file: /run/secrets/db", "key: value", "--secret-name=db", "TOKEN_TTL=3600",
		"password: ${DB_PASSWORD}", "--password=$(PASSWORD)", "token: {{ .token }}", "if secret == x", "password:", "the secrets and tokens of others",
		"eventually consistent tokens; keys are public", "MAX_TOKENS=4096", "max_tokens: 4096", "tokens=12", "docker run -u 1000:1000 x", "pin: latest",
		"salt: a pinch", "http://host:8080/a@b", "2001:db8:5432:a:b:c:d:e", "4003.123456789012", "0.0004111111111111111", "0000000000000000000", "4317\n4318\n8080\n9090", `4111\n1111\n1111\n1111`, "4000-4999 5000-5999", `\u4111\u1111`, "4111:1111:1111:1112",
		"MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqh4111111111111111kiG9w0BAQUFADBaMQswCQYDVQQGEwJJRT",
	} {
		assert.Equal(t, text, New().Text(text))
	}
}

func TestAssignmentsInRunningText(t *testing.T) {
	const gone = "[redacted:named-secret]"
	for text, want := range map[string]string{
		"password=hunter2":                                         "password=" + gone,
		"a=1\n  db.password = my pass, word\nb=2":                  "a=1\n  db.password = " + gone + "\nb=2",
		`{"user":"u","password":"a\"b","n":1}`:                     `{"user":"u","password":"` + gone + `","n":1}`,
		`{"apiKey": 12345, "x": 1}`:                                `{"apiKey": ` + gone + `, "x": 1}`,
		"curl --token=abc -X GET":                                  "curl --token=" + gone + " -X GET",
		"mysql --password hunter2 -u root":                         "mysql --password " + gone + " -u root",
		"PGPASSWORD=x psql":                                        "PGPASSWORD=" + gone,
		"export AWS_SECRET_ACCESS_KEY='abc/def'; run":              "export AWS_SECRET_ACCESS_KEY='" + gone + "'; run",
		"?client_secret=abc&x=1":                                   "?client_secret=" + gone + "&x=1",
		`{"token":{"ttl":"1h"},"secrets":["a"]}`:                   `{"token":{"ttl":"1h"},"secrets":["a"]}`,
		"password={SSHA}abc":                                       "password=" + gone,
		"password: |\n  first line\n\n  second\nuser: u":           "password: |\n  " + gone + "\nuser: u",
		"- token: >-\n    abc\n  other: x":                         "- token: >-\n    " + gone + "\n  other: x",
		"<password>hunter2</password><user>u</user>":               "<password>" + gone + "</password><user>u</user>",
		`<add key="DbPassword" value="hunter2"/>`:                  `<add key="DbPassword" value="` + gone + `"/>`,
		"- name: DB_PASSWORD\n  value: hunter2\n- name: x":         "- name: DB_PASSWORD\n  value: " + gone + "\n- name: x",
		`[{"name":"DB_PASSWORD","value":"hunter2"}]`:               `[{"name":"DB_PASSWORD","value":"` + gone + `"}]`,
		"run CARD_PIN=1234 CVV2=123 SEED_PHRASE='a b c' SALT=x1y2": "run CARD_PIN=" + gone + " CVV2=" + gone + " SEED_PHRASE='" + gone + "' SALT=" + gone,
	} {
		assert.Equal(t, want, New().Text(text))
	}
}

func TestNamesThatSaySecret(t *testing.T) {
	for name, want := range map[string]bool{
		"PASSWORD": true, "DB_PASSWORD": true, "dbPassword": true, "PGPASSWORD": true, "MYSQL_ROOT_PASSWORD": true, "API_KEY": true,
		"AWS_SECRET_ACCESS_KEY": true, "AUTH_TOKEN": true, "authToken": true, "CLIENT_SECRET": true, "ENCRYPTION_KEY": true, "KEY": true,
		"client-secret": true, "apiKey": true, "PRIVATE_KEY": true, "APIKEY": true, "API_KEYS": true, "SMTP_PWD": true, "passphrase": true,
		"PIN": true, "CVV": true, "cvc2": true, "HASH_SALT": true, "SEED_PHRASE": true, "walletSeed": true, "MNEMONIC": true,
		"HOST": false, "KEYCLOAK_URL": false, "JWT_PUBLIC_KEY": false, "KEYBOARD": false, "PASSWORD_MIN_LENGTH": false, "RANDOM_SEED": false,
		"spinner": false, "salt": false, "PIN_LENGTH": false,
		"PASSWORD_FILE": false, "SECRET_NAME": false, "TOKEN_TTL": false, "TOKENIZER_MODEL": false, "PUBLIC_KEY": false, "KEYCLOAK_HOST": false,
		"PARTITION_KEY": false, "password_encryption": false, "LOG_LEVEL": false, "MONKEY": false, "COMPASS": false, "": false,
	} {
		assert.Equal(t, want, NamesSecret(name), name)
	}
}

// What machines say is redacted by names as well, but for the kinds that they speak of.
func TestWhatMachinesSay(t *testing.T) {
	for text, want := range map[string]string{
		"login failed: password=hunter22\n  at x": "login failed: password=[redacted:named-secret] at x", "pass\x00word: hunter22": "password: [redacted:named-secret]",
		"list secrets: asked for only by name": "list secrets: asked for only by name", "create serviceaccounts/token: forbidden": "create serviceaccounts/token: forbidden",
		"secrets: forbidden: User \"ann\" cannot list": "secrets: forbidden: User \"ann\" cannot list", `secrets "db" is forbidden`: `secrets "db" is forbidden`, "client_secret: hunter22": "client_secret: [redacted:named-secret]",
		`Get "https://127.0.0.1:6443/api/v1/secrets?limit=500": dial tcp: refused`: `Get "https://127.0.0.1:6443/api/v1/secrets?limit=500": dial tcp: refused`, "k8s/secrets/password=hunter22.yaml": "k8s/secrets/password=[redacted:named-secret]",
	} {
		assert.Equal(t, want, Line(text))
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("password=4111111111111111", "4111111111111111")
	f.Add(`{"token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln"}`, "5555 5555 5555 4444")
	f.Add("-----BEGIN PRIVATE KEY-----", "3782-822463-10005")
	f.Add("http://a:b@c --secret x", "30569309025904")
	f.Fuzz(func(t *testing.T, text, card string) {
		for _, redact := range []func(string) string{New().Looks, New().Text} {
			once := redact(text)
			assert.Equal(t, once, redact(once), "redacting twice changes nothing: %q", text)
			assert.Empty(t, Cards(once))
			if plain := strings.NewReplacer(" ", "", "-", "").Replace(card); len(plain) >= 13 && len(plain) <= 19 && strings.Trim(plain, "0123456789") == "" && isCard(plain) {
				assert.NotContains(t, redact(text+" <"+plain+"> "), "<"+plain+">")
			}
		}
	})
}
