package redaction

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// hidden is a secret that nothing tells but its place.
const hidden = "sunflower77Qx"

// forms are the places where people write secrets; CANARY stands for one.
var forms = []string{
	// YAML
	"db:\n  password: |\n    CANARY\n  user: x\n", "password: >+2\n    CANARY\n", "password: |\r\n  CANARY\r\nuser: x\r\n", "password:\n  CANARY\n",
	"password:\n  \"CANARY\"\n", "passwords:\n- CANARY\n- b\n", "a:\n  passwords:\n  - x\n  - CANARY\n", "passwords: [CANARY, b]\n", "auth: {password: CANARY, user: x}\n",
	"password: !!str CANARY\n", "password: &pw CANARY\nother: *pw\n", "password: \"abc\n  CANARY\"\n", "'password' : 'CANARY'\n", "password:\tCANARY\n",
	"env:\n- name: DB_PASSWORD\n  value: CANARY\n", "env:\n- value: CANARY\n  name: DB_PASSWORD\n", "password:\n  value: CANARY\n",
	// JSON
	`{"passwords":["CANARY","x"]}`, "{\"passwords\": [\n  \"a\",\n  \"CANARY\"\n]}", `{"password":{"value":"CANARY"}}`, `[{"Name":"DB_PASSWORD","Value":"CANARY"}]`,
	`{"value":"CANARY","name":"DB_PASSWORD"}`, `{"key":"DB_PASSWORD","value":"CANARY"}`, "{\n  \"password\"\n  :\n  \"CANARY\"\n}", "{\"password\":\n    \"CANARY\"}",
	`{"kty":"EC","d":"CANARYabcdefgh","crv":"P-256"}`, `{"kty":"oct","k":"CANARYabcdefgh"}`,
	// addresses
	"https://ann:CANARY@git.example/x", "https://ann:CANARY@[::1]:80/x", "postgres://ann:p@CANARY@db/x", "https://x/?user=a&password=CANARY&b=1", "https://x/#access_token=CANARY&x=1",
	"https://x/?api_key=CANARY", "https://maps.example/?key=CANARYabcdefgh", "https://fn.example/api/x?code=CANARYabcdefghij==", "next=https%3A%2F%2Fx%2F%3Fpassword%3DCANARY%26a%3Db",
	"jdbc:sqlserver://db;user=a;password=CANARY;encrypt=true", "Data Source=db;UID=sa;PWD=CANARY", "redis://:CANARY@redis:6379/0", "https://api.telegram.org/bot123456789:AACANARYsunflower77Qxsunflow/x",
	"https://outlook.office.com/webhook/CANARY@x/IncomingWebhook/a",
	// shells
	"--token=CANARY", "app --token CANARY", "app -token=CANARY", "--password:CANARY", "helm install x --set db.password=CANARY,a=b", "java -Djavax.net.ssl.keyStorePassword=CANARY -jar x",
	"export DB_PASSWORD=$'CANARY'", "DB_PASSWORD=${DB_PASSWORD:-CANARY}", ": \"${DB_PASSWORD:=CANARY}\"", "setenv DB_PASSWORD CANARY", "set -x DB_PASSWORD CANARY", "ENV DB_PASSWORD CANARY",
	"$env:DB_PASSWORD = \"CANARY\"", "password = <<EOT\nCANARY\nEOT\n", "db.password=abc\\\n  CANARY", "TS_AUTHKEY=CANARY", "DB_PSW=CANARY", "SESSION_KEY=CANARY", "HMAC_KEY=CANARY",
	"VAULT_SECRET_ID=CANARY", "USERPASS=u:CANARY", "api key: CANARY", "contrasena=CANARY",
	"echo CANARY | docker login --password-stdin", "echo 'CANARY' | sudo -S ls", "printf '%s' CANARY | cryptsetup luksOpen", "echo CANARY | kinit u", "az login --service-principal -u x -p CANARY --tenant t",
	"aws configure set aws_secret_access_key CANARY", "curl --oauth2-bearer CANARY", "curl -H 'Authorization: CANARY'", "curl -uann:CANARY x", "mysql -uroot -p'CANARY'", "mysqladmin -u root password CANARY",
	"htpasswd -bc f u CANARY", "useradd -m -p CANARY u", "zip -P CANARY a b", "7z a -pCANARY a.7z", "openssl enc -aes-256-cbc -k CANARY", "vault login CANARY", "smbclient //s/d -U u%CANARY",
	"kubectl create secret generic x --from-literal=a=b --from-literal=c=CANARY",
	// files of programs
	"machine x login u account a password CANARY", "machine x password CANARY", "default login u password CANARY", "cat > .pgpass <<EOF\ndb:15432:x:u:CANARY\nEOF", "*:*:*:postgres:CANARY",
	"//packages.example/:_authToken=CANARY", "<server><password>CANARY</password></server>", "<password><![CDATA[CANARY]]></password>", "<wsse:Password Type=\"x\">CANARY</wsse:Password>",
	"sentinel auth-pass mymaster CANARY", "user default on >CANARY ~* &* +@all", "bindpw CANARY", "rootpw CANARY", ": PSK \"CANARY\"", "psk=\"CANARY\"", "snmp-server community CANARY",
	"CREATE USER u IDENTIFIED BY 'CANARY'", "ALTER ROLE u WITH PASSWORD 'CANARY'", "SET PASSWORD FOR 'u' = PASSWORD('CANARY')",
	// programs
	"password := \"CANARY\"", "const password = `CANARY`;", "{'password': u'CANARY'}", "PASSWORD = r'CANARY'", "password = \"\"\"\nCANARY\"\"\"", "password = '''CANARY'''", ":password => 'CANARY'",
	"define('DB_PASSWORD', 'CANARY');",
	// what is said
	"invalid password 'CANARY'", "the password is CANARY", "login of ann with password CANARY failed",
	// keys
	"-----BEGIN+RSA+PRIVATE+KEY-----%0ACANARY%0A-----END+RSA+PRIVATE+KEY-----", "MIIECANARYabcdefghijklmnop\n-----END RSA PRIVATE KEY-----\n", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nCANARY\n---- END SSH2 ENCRYPTED PRIVATE KEY ----",
	`["-----BEGIN PRIVATE KEY-----","MIIECANARY","-----END PRIVATE KEY-----"]`, `"-----BEGIN PRIVATE KEY-----\\nCANARY\\n-----END PRIVATE KEY-----\\n"`,
}

// places are where a text stands when it is collected.
var places = map[string]func(t *testing.T, text string) string{
	"text":        func(_ *testing.T, text string) string { return New().Text(text) },
	"a ConfigMap": func(_ *testing.T, text string) string { return inConfigMap("settings", text) },
	"an argument": func(t *testing.T, text string) string {
		return redacted(t, map[string]any{"spec": map[string]any{"containers": []any{map[string]any{"args": []any{text}}}}})
	},
	"an annotation": func(t *testing.T, text string) string {
		return redacted(t, map[string]any{"metadata": map[string]any{"annotations": map[string]any{"note": text}}})
	},
	"a field": func(t *testing.T, text string) string {
		return redacted(t, map[string]any{"spec": map[string]any{"userData": text}})
	},
}

func redacted(t *testing.T, object map[string]any) string {
	t.Helper()
	New().Object(object, engine.Kind{Group: "example.com", Kind: "Thing"})
	text, err := engine.Canonical(object)
	require.NoError(t, err)
	return string(text)
}

func TestNoFormOfASecretIsLeft(t *testing.T) {
	for _, form := range slices.Concat(forms, tableForms, spelledForms, commandForms, moreCommands, deviceForms, codeForms, markupForms, scannedForms, namedAbroad, listedForms, manifestForms) {
		text := strings.ReplaceAll(form, "CANARY", hidden)
		require.Contains(t, text, hidden)
		for place, redact := range places {
			got := redact(t, text)
			assert.NotContains(t, got, hidden, "%s: %q", place, text)
			assert.Contains(t, got, Mark, "%s: %q", place, text)
		}
		once := New().Text(text)
		assert.Equal(t, once, New().Text(once), "redacting twice changes nothing: %q", text)
	}
}

// What a person decodes with one command is no less readable.
func TestNoEncodingOfASecretIsLeft(t *testing.T) {
	const said = "user=ann password=" + hidden
	base := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	packed := func(s string) string {
		var w bytes.Buffer
		z := gzip.NewWriter(&w)
		_, err := z.Write([]byte(s))
		require.NoError(t, err)
		require.NoError(t, z.Close())
		return w.String()
	}
	wide := ""
	for _, unit := range utf16.Encode([]rune(said)) {
		wide += string([]byte{byte(unit), byte(unit >> 8)})
	}
	escaped, err := json.Marshal(`{"password":"` + hidden + `"}`)
	require.NoError(t, err)
	again, err := json.Marshal(string(escaped))
	require.NoError(t, err)
	for name, text := range map[string]string{
		"base64": base(said), "twice": base(base(said)), "three times": base(base(base(said))), "for addresses": base64.RawURLEncoding.EncodeToString([]byte(said + "???>>>")),
		"gzip": base(packed(said)), "gzip, twice": base(base(packed(said))), "as Helm keeps a release": base(base(packed(`{"values":{"password":"` + hidden + `"}}`))),
		"base64 in gzip": base(packed(base(said))), "hexadecimal": hex.EncodeToString([]byte(said)), "UTF-16": base(wide), "an address": url.QueryEscape(said),
		"JSON in JSON": string(escaped), "in JSON in JSON": string(again),
	} {
		for place, redact := range places {
			got := redact(t, "see "+text+" there")
			assert.NotContains(t, got, hidden, "%s: %s", name, place)
			assert.NotContains(t, got, strings.Trim(text, `"`), "%s: %s", name, place)
			assert.Contains(t, got, Mark, "%s: %s", name, place)
		}
	}
}

// What stands beside a secret is evidence.
func TestWhatStandsBesideASecretStays(t *testing.T) {
	const gone = "[redacted:named-secret]"
	for text, want := range map[string]string{
		"passwords:\n- a1\n- b2\nuser: u":                                "passwords:\n- " + gone + "\nuser: u",
		"password:\n  abc\nuser: u":                                      "password:\n  " + gone + "\nuser: u",
		"password:\n  value: abc\n  user: u":                             "password:\n  value: " + gone + "\n  user: u",
		`{"password":{"value":"abc","from":"x"},"u":1}`:                  `{"password":{"value":"` + gone + `","from":"x"},"u":1}`,
		`{"passwords":["a","b"],"u":1}`:                                  `{"passwords":[` + gone + `],"u":1}`,
		"- value: abc\n  name: DB_PASSWORD\n- name: x":                   "- value: " + gone + "\n  name: DB_PASSWORD\n- name: x",
		"password = <<EOT\nabc\ndef\nEOT\nuser = x":                      "password = <<EOT\n" + gone + "\nEOT\nuser = x",
		"password=abc\\\n  def\nuser=x":                                  "password=" + gone + "\nuser=x",
		"%3Fpassword%3Dabc%26user%3Dx":                                   "%3Fpassword%3D" + gone + "%26user%3Dx",
		"<password><![CDATA[abc]]></password><user>x</user>":             "<password><![CDATA[" + gone + "]]></password><user>x</user>",
		"define('DB_PASSWORD', 'abc'); define('DB_USER', 'x');":          "define('DB_PASSWORD', '" + gone + "'); define('DB_USER', 'x');",
		"postgres://u:p@ss@db:5432/x http://a@b":                         "postgres://u:[redacted:url-password]@db:5432/x http://a@b",
		"echo abc | docker login -u ci --password-stdin r.example":       "echo " + gone + " | docker login -u ci --password-stdin r.example",
		"CREATE USER u IDENTIFIED BY 'abc' REQUIRE SSL":                  "CREATE USER u IDENTIFIED BY '" + gone + "' REQUIRE SSL",
		`%B4111111111111111^DOE/JOHN^25121011234567890?;9`:               `%B[redacted:card-number];9`,
		"vault login a1&4111 1111 1111 1111 x":                           "vault login " + gone + " x",
		"4111111111111111 expires 12/28; 5555555555554444=2512101123?|x": "[redacted:card-number] expires 12/28; [redacted:card-number]|x",
	} {
		assert.Equal(t, want, New().Text(text))
	}
}

// A list of secrets goes, a list of the names of Secrets stays.
func TestListsAndMapsUnderTheNameOfASecret(t *testing.T) {
	got := redacted(t, map[string]any{"spec": map[string]any{
		"apiKeys": []any{"abc", "${KEY}"}, "secrets": []any{"db"}, "imagePullSecrets": []any{map[string]any{"name": "pull"}},
		"password": map[string]any{"value": "abc", "key": "db"}, "token": map[string]any{"valueFrom": "x", "ttl": "1h"},
	}})
	assert.Equal(t, `{"spec":{"apiKeys":["[redacted:named-secret]","${KEY}"],"imagePullSecrets":[{"name":"pull"}],`+
		`"password":{"key":"db","value":"[redacted:named-secret]"},"secrets":["db"],"token":{"ttl":"1h","valueFrom":"x"}}}`, got)
}

// People break a card number at the end of a line, and where they like.
func TestCardsInPieces(t *testing.T) {
	const gone = "[redacted:card-number]"
	for text, want := range map[string]string{
		"4111-1111 1111-1111, 4111 1111-1111 1111; 4111\t1111 1111-1111": gone + ", " + gone + "; " + gone, "3782 822463-10005": gone,
		"paid 4111 1111\n1111 1111 by": "paid " + gone + " by", "| 4111 1111 1111 |\n": "| 4111 1111 1111 |\n", "  4111-1111-\r\n  1111-1111": "  " + gone,
		"PAN:\n4111\n1111\n1111\n1111": "PAN:\n" + gone, "card_number: 4111.1111-1111 1111": "card_number: " + gone, "Kartennummer 41111111\n11111111": "Kartennummer " + gone, "visa 3782\r\n822463\r\n10005": "visa " + gone,
		"カード番号：4111\n1111\n1111\n1111": "カード番号：" + gone,
		// lists, ranges and tables of numbers
		"4111\n1111\n1111\n1111": "4111\n1111\n1111\n1111", "ports 4000-4003 6000-6009": "ports 4000-4003 6000-6009", "4111.1111-1111.1111": "4111.1111-1111.1111",
		"41111111\n11111111": "41111111\n11111111", "4111;1111;1111;1111": "4111;1111;1111;1111", "4111 1111, 1111 1111": "4111 1111, 1111 1111",
	} {
		assert.Equal(t, want, New().Text(text), text)
		assert.Equal(t, want, New().Looks(text), text)
	}
}

// A number in JSON may be a card's, and what stands behind its point is none.
func TestCardsAmongNumbers(t *testing.T) {
	got := redacted(t, map[string]any{
		"a": int64(4111111111111111), "b": 4111111111111111.0, "c": json.Number("4.111111111111111e15"), "d": []any{json.Number("5555555555554444")},
		"e": json.Number("0.4111111111111111"), "g": int64(4111111111111112),
	})
	assert.Equal(t, `{"a":"[redacted:card-number]","b":"[redacted:card-number]","c":"[redacted:card-number]","d":["[redacted:card-number]"],"e":0.4111111111111111,"g":4111111111111112}`, got)
}

// Whatever is redacted without being a secret is evidence destroyed.
func TestWhatIsNoSecretIsLeft(t *testing.T) {
	for _, text := range []string{
		// digests, identifiers and versions
		"registry.example/pay/api@sha256:4111111111111111e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c", "resourceVersion: \"4111111111111112\"", "uid: 41111111-1111-4111-8111-111111111111",
		"git commit 5555555555554444aabbccddeeff001122334455", "etag: W/\"0123456789abcdef0123456789abcdef\"", "kube-root-ca.crt hash 7b9c6d5f4", "pod-template-hash: 6d4cf56db6",
		strings.Repeat("61", 20), "0x7b2263617264", "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", "2026-11-22T05:44:33.411111111Z",
		// settings about secrets
		"passwords:\n  minLength: 12\n  history: 4\n", "password:\n  # asked for at the first login\n", "token:\n  ttl: 1h\n", "secrets:\n- db\n- mail\n", `{"secrets":["db","mail"],"imagePullSecrets":["pull"]}`,
		"imagePullSecrets:\n- name: pull\n", "password: {}", `{"password":{"secretKeyRef":{"name":"db","key":"pw"}}}`, "password:\n  valueFrom:\n    secretKeyRef: {name: db}\n", "secret_id: prod/db",
		"token := getToken()", "password => hash(x)", "if password == stored", "authorization: disabled", "--authorization-mode=Node,RBAC",
		// ordinary words
		"the password is required, and the token is optional", "password must be changed; password: required?\n"[:27], "change the password with passwd", "log in with password or with a key", "a key of the map", "the access key may be rotated",
		"reset password for the user", "set password policy to strict", "a bearer of news; basic training", "machine learning of the password habits", "docker run -u 1000 -p 8080:80 x", "ssh -p 2222 host",
		"user admin on the host", "echo hello | tee x", "(\"password\", \"token\")"[1:11], "select password from users", "https://host:8443/login?next=/a", "https://x/?code=404&key=name", "https://user@host/a:b@c",
		"zip -r a.zip b", "openssl enc -d -in x", "vault login -method=oidc", "community edition", "kubectl create configmap x --from-literal=a=b", "zone=eu-central-1a; key=topology.kubernetes.io/zone",
		`{"n":"name","k":"8s","d":"a day","q":"question"}`, "key: >\n  folded text ~ here", "values:\n- name: a\n  value: b\n",
		// numbers
		"4111 1111 1111", "tel +49 4111 111111", "10.41.11.11:11111", "4111111111111111111111", "0004111111111112", "20 30 40 50 60",
	} {
		for place, redact := range map[string]func(string) string{"text": New().Text, "looks": New().Looks, "a ConfigMap": func(s string) string { return inConfigMap("settings", s) }} {
			assert.Equal(t, text, redact(text), place)
		}
	}
}
