package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/tui"
	"tickmark/tui/screen"
	"tickmark/tui/tuitest"
	"tickmark/vault"
)

// seeded are objects with a secret or a card number in every place that people have
// been seen to put one. CANARY stands for a value that nothing but its place, its name
// or its form tells, and is another one each time.
const seeded = `
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: pay, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"kind":"Secret","stringData":{"a":"CANARY"}}', note: 'token: CANARY'}}
data: {password: BASE64, broken: 'CANARY!'}
stringData: {user: CANARY, file: '4111111111111111'}
---
apiVersion: example.com/v1
kind: secret
metadata: {name: misspelt, namespace: pay}
data: {password: CANARY}
stringData: [CANARY]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: pay, annotations: {last-state: '{"apiVersion":"v1","kind":"Secret","data":{"x":"CANARY"}}'}}
binaryData: {keystore: BASE64}
data:
  db.password: CANARY
  application.properties: "url=jdbc:x\nspring.datasource.password=CANARY\nseed=RANDOM"
  settings.xml: "<server><password>CANARY</password></server>"
  values.yaml: "auth:\n  token: |\n    CANARY\n  pin: '1234'\n"
  app.json: '{"client_secret":"CANARY","dsn":"app:CANARY@tcp(db:3306)/pay"}'
  hosts: "machine db login pay password CANARY"
  redis.conf: "requirepass CANARY"
  pgpass: "db.example:5432:pay:app:CANARY"
  odbc.ini: "Server=db;Uid=sa;Pwd=CANARY;"
  nested.json: '{"last":"{\"password\":\"CANARY\"}"}'
  docker.json: '{"auths":{"r.example":{"auth":"LOGIN64"}}}'
  twice: TWICE64
  access.log: "GET /pay?pan=4111%201111%201111%201111 Cookie: session=CANARY"
  key.pem: "-----BEGIN EC PRIVATE KEY-----\nCANARY\n-----END EC PRIVATE KEY-----"
  anything: RANDOM
  sample.csv: "2026;4111 1111 1111 1111\n2026;5555-5555-5555-4444\n2026;3782.822463.10005"
  track: ";4111111111111111=25121010000012345678?"
  cardholder: "pan 5105105105105100 cvv: 987"
  kubeconfig: "users:\n- name: a\n  user:\n    token: CANARY\n- name: b\n  user:\n    password:\n      CANARY\n"
  netrc: "machine a account x password CANARY\nmachine b password CANARY"
  config.yaml: "auths:\n  r.example:\n    auth: LOGIN64\npasswords:\n- CANARY\nenv:\n- value: CANARY\n  name: DB_PASSWORD\n"
  list.json: "{\n \"passwords\": [\n  \"CANARY\"\n ],\n \"password\":\n  {\"value\": \"CANARY\"}\n}"
  keys.json: '{"kty":"EC","d":"CANARYxxxxxxxx","key":"-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----"}'
  init.sql: "CREATE USER u IDENTIFIED BY 'CANARY'; ALTER ROLE r WITH PASSWORD 'CANARY';"
  run.sh: "export A=1 DB_PASSWORD=$'CANARY'\necho CANARY | docker login --password-stdin r.example\nmysql -uroot -p'CANARY'\n"
  app.py: "PASSWORD = '''CANARY'''\nconnect(password=u'CANARY')"
  hook: "https://h.example/?key=CANARYxxxx&next=%3Fpassword%3DCANARY"
  packed: PACKED64
  spelt: SPELT16
  stripes: "%B4111111111111111^DOE/JOHN^25121011234567890? \uff14\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11 4111\u20111111\u20111111\u20111111"
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: pay, annotations: {hook: 'https://hooks.slack.com/services/CANARY', ci: 'curl -u ci:CANARY https://x', random: RANDOM}}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {annotations: {vault/token: CANARY, order: '4012888888881881'}}
    spec:
      containers:
      - name: api
        image: ci:CANARY@registry.example/pay/api:1
        command: [mysqldump, -u, root, -pCANARY, pay]
        args: [--db-password, CANARY, --api-key=CANARY, 'sh -c "PGPASSWORD=CANARY psql"', 'keytool -storepass CANARY -list', 'docker login -u ci -p CANARY r.example', 'echo LOGIN64 | base64 -d', 'postgres://u:CANARY@db/x', RANDOM]
        env:
        - {name: DB_PASSWORD, value: CANARY}
        - {name: COLOUR, value: RANDOM}
        - {name: JWT, value: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.CANARYxx}
        - {name: AUTHORIZATION, value: Bearer CANARYxxxxxxxx}
        - {name: CARD, value: '4111111111111111'}
        livenessProbe: {httpGet: {port: 80, path: '/x?access_token=CANARY', httpHeaders: [{name: Authorization, value: CANARY}, {name: X-Note, value: RANDOM}]}}
        lifecycle: {preStop: {exec: {command: [redis-cli, -a, CANARY, shutdown]}}}
      initContainers:
      - {name: prepare, image: x, args: ['wget --password=CANARY https://x']}
---
apiVersion: v1
kind: Pod
metadata: {name: run, namespace: pay}
spec: {containers: [{name: c, image: x}], ephemeralContainers: [{name: debug, image: x, env: [{name: TOKEN, value: CANARY}]}]}
status: {message: 'start failed: password=CANARY refused for card 4111111111111111', containerStatuses: [{name: c, state: {terminated: {exitCode: 1, message: 'token: CANARY'}}}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: pay, annotations: {proxy: 'https://u:CANARY@proxy.example'}}
spec: {ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: pay, annotations: {nginx.ingress.kubernetes.io/configuration-snippet: 'proxy_set_header Authorization "Basic Q0FOQVJZQ0FOQVJZQ0FOQVJZ==";'}}
spec: {defaultBackend: {service: {name: api, port: {number: 80}}}}
---
apiVersion: example.com/v1
kind: Gateway
metadata: {name: custom, namespace: pay, managedFields: [{manager: m, fieldsV1: {'f:x': CANARY}}]}
spec: {'Bearer CANARYxxxxxxxx': 1, userData: PACKED64, apiKeys: [CANARY], adminPassword: {value: CANARY}, amount: 4111111111111111.0, note: TWICE64, connection: {password: CANARY, uri: 'amqp://u:CANARY@mq'}, clientSecret: CANARY, pan: 4111111111111111, list: [{apiKey: CANARY}]}
status: {lastError: 'login with password=CANARY failed'}
`

// plant writes the objects with values of its own and returns all that must not be
// found again.
func plant(t *testing.T, text string) (objects string, canaries []string) {
	t.Helper()
	for i := 0; strings.Contains(text, "CANARY"); i++ {
		canary := fmt.Sprintf("tickmarkCanary%03dQx", i)
		canaries = append(canaries, canary)
		text = strings.Replace(text, "CANARY", canary, 1)
	}
	for i := 0; strings.Contains(text, "RANDOM"); i++ {
		canary := fmt.Sprintf("q7Xf2Lm9Zt4Kc8Vb1Nh6Rj3W%dTy", i)
		canaries = append(canaries, canary)
		text = strings.Replace(text, "RANDOM", canary, 1)
	}
	for i := 0; strings.Contains(text, "BASE64"); i++ {
		canary := fmt.Sprintf("tickmark canary in bytes %d", i)
		encoded := base64.StdEncoding.EncodeToString([]byte(canary))
		canaries = append(canaries, canary, encoded)
		text = strings.Replace(text, "BASE64", encoded, 1)
	}
	for i := 0; strings.Contains(text, "LOGIN64"); i++ {
		encoded := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "password:tickmarkLogin%03d", i))
		canaries = append(canaries, encoded)
		text = strings.Replace(text, "LOGIN64", encoded, 1)
	}
	for i := 0; strings.Contains(text, "TWICE64"); i++ {
		once := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "password=tickmarkTwice%03d", i))
		encoded := base64.StdEncoding.EncodeToString([]byte(once))
		canaries = append(canaries, encoded)
		text = strings.Replace(text, "TWICE64", encoded, 1)
	}
	for i := 0; strings.Contains(text, "PACKED64"); i++ {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, err := fmt.Fprintf(z, "password=tickmarkPacked%03d", i)
		require.NoError(t, err)
		require.NoError(t, z.Close())
		encoded := base64.StdEncoding.EncodeToString(packed.Bytes())
		canaries = append(canaries, encoded)
		text = strings.Replace(text, "PACKED64", encoded, 1)
	}
	spelt := fmt.Sprintf("%x", "password=tickmarkSpelt")
	text = strings.Replace(text, "SPELT16", spelt, 1)
	return text, append(canaries, spelt, "25121011234567890", strings.Repeat("\uff11", 9), "4111\u20111111", "4111%201111%201111%201111", "4111111111111111", "4111 1111 1111 1111", "5555-5555-5555-4444", "3782.822463.10005", "5105105105105100",
		"4012888888881881", "Q0FOQVJZQ0FOQVJZQ0FOQVJZ")
}

// No secret and no card number of a seeded cluster comes out of it: not into what is
// printed, not into the vault behind its encryption, not into a report.
func TestNoSecretOfASeededClusterIsKept(t *testing.T) {
	objects, canaries := plant(t, seeded)
	a := newAuditor(t)
	folder, path := a.path("manifests"), a.path("shop.vault")
	require.NoError(t, os.Mkdir(folder, 0o700))
	for name, text := range map[string]string{"a.yaml": objects, "broken.yaml": "apiVersion: v1\nkind: Pod\nspec: [password=tickmarkCanary000Qx\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	nowhere := func(what string, text []byte) {
		t.Helper()
		for _, canary := range canaries {
			assert.False(t, bytes.Contains(text, []byte(canary)), "%s holds %q", what, canary)
		}
	}
	said := func(status int, args ...string) string {
		t.Helper()
		out := a.does(status, args...)
		nowhere(strings.Join(args[:1], " "), append([]byte(out), a.err.Bytes()...))
		return out
	}
	said(exitDone, "identity", "new", "--name", "Ann")
	said(exitDone, "new", path, "--questionnaire", "saq-d-merchant", "--entity", "Shop")
	said(exitAttention, "scan", folder)
	said(exitAttention, "scan", folder, "-o", "json")
	said(exitAttention, "collect", path, "--manifests", folder)
	for _, item := range a.evidence(path) {
		said(exitDone, "evidence", path, "show", item.Label(), "--raw")
		said(exitDone, "evidence", path, "show", item.Label())
	}
	said(exitAttention, "report", path, "-o", a.path("report.pdf"))
	nowhere("the report", []byte(a.paper(path)))
	printed, err := os.ReadFile(a.path("report.pdf"))
	require.NoError(t, err)
	nowhere("the report's file", printed)
	for _, name := range []string{"report.json", "report.md", "report.sarif", "report.oscal.json", "report.xlsx", "record.pdf"} {
		args := []string{"report", path, "-o", a.path(name)}
		if name == "record.pdf" {
			args = append(args, "--kind", "evidence", "--bundle", a.path("record.zip"))
		}
		said(exitAttention, args...)
		a.parts(a.path(name), nowhere)
	}
	a.parts(a.path("record.zip"), nowhere)
	a.frames(path, nowhere, "settings", "requirepass [redacted:", "[redacted:card-number]")
	a.does(exitDone, "vault", "compact", path)
	nowhere("the database", a.decrypted(path))
	a.bodies(path, 6, nowhere)
}

// parts shows a file and, of an archive, what is in it.
func (a *auditor) parts(path string, show func(string, []byte)) {
	a.t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(a.t, err)
	show(path, text)
	archive, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		return
	}
	require.NotEmpty(a.t, archive.File)
	for _, f := range archive.File {
		r, err := f.Open()
		require.NoError(a.t, err)
		part, err := io.ReadAll(r)
		require.NoError(a.t, err)
		show(f.Name, part)
	}
}

// frames shows what the workbench draws: each item of evidence with its documents, then every
// room, and wherever keys lead from there.
func (a *auditor) frames(path string, show func(string, []byte), seeded ...string) {
	a.t.Helper()
	items := len(a.evidence(path))
	var v *vault.Vault
	w, err := a.door.bench(path, opening{}, chosen{}, nil, &v)
	require.NoError(a.t, err)
	desk := tuitest.New(a.t, tui.New(tui.Options{First: screen.NewUnlock(a.t.Context(), w)}), 200, 400)
	seen := map[string]bool{}
	press := func(keys ...string) {
		for _, key := range keys {
			if frame := desk.Press(key).Frame(); !seen[frame] {
				seen[frame] = true
				show("a frame", []byte(frame))
			}
		}
	}
	press("e")
	for range items {
		press("enter", "down", "down", "down", "tab", "tab", "esc", "down")
	}
	all := strings.Join(slices.Collect(maps.Keys(seen)), "\n")
	for _, left := range seeded {
		require.Contains(a.t, all, left, "what is seeded was looked at")
	}
	desk.Resize(160, 60)
	dice := rand.New(rand.NewPCG(7, 11))
	keys := append(strings.Split("abcdefghijklmnoprstuvwxyz/?12", ""), "down", "down", "down", "up", "enter", "enter", "enter", "esc", "pgdown", "end", "home", "left", "right", "tab")
	const rooms, steps = 24, 25
	for room := range rooms {
		press("esc", "esc", "esc", "esc", ":")
		press(slices.Repeat([]string{"down"}, room)...)
		press("enter")
		for range steps {
			press(keys[dice.IntN(len(keys))])
		}
	}
	require.Greater(a.t, len(seen), items+rooms*steps/4)
	require.NoError(a.t, v.Close())
}

// decrypted is the database of a compacted vault behind its encryption.
func (a *auditor) decrypted(path string) []byte {
	a.t.Helper()
	identities, err := a.door.identitiesFor(path, opening{}, a.door.consent(false))
	require.NoError(a.t, err)
	sealed, err := os.ReadFile(path)
	require.NoError(a.t, err)
	plain, err := age.Decrypt(bytes.NewReader(sealed), identities...)
	require.NoError(a.t, err)
	text, err := io.ReadAll(plain)
	require.NoError(a.t, err)
	require.True(a.t, bytes.HasPrefix(text, []byte("SQLite format 3")))
	return text
}

// bodies shows the manifest of each collection and every document in it, which the
// database holds compressed.
func (a *auditor) bodies(path string, least int, show func(string, []byte)) {
	a.t.Helper()
	ctx := a.t.Context()
	v, err := a.door.open(ctx, path, opening{readOnly: true})
	require.NoError(a.t, err)
	defer v.Close()
	snapshots, err := v.Snapshots(ctx)
	require.NoError(a.t, err)
	require.NotEmpty(a.t, snapshots)
	for _, s := range snapshots {
		manifest, err := json.Marshal(s)
		require.NoError(a.t, err)
		show("the manifest of a collection", manifest)
		require.GreaterOrEqual(a.t, len(s.Entries), least)
		for _, e := range s.Entries {
			body, err := v.Body(ctx, e.Digest)
			require.NoError(a.t, err)
			show(e.Ref.String(), body)
		}
	}
}
