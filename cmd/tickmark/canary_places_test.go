package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
)

// canaryMark begins every canary, and canaryCard every card number, of those that are planted in numbers.
const canaryMark, canaryCard = "tmCanary", "41234567"

// seeds plants canaries, each of which is another one.
type seeds struct{ planted int }

func (s *seeds) word() string {
	s.planted++
	return fmt.Sprintf("%s%04dQx", canaryMark, s.planted)
}

// card is a card number: eight digits, the number of the seed, and what Luhn asks for.
func (s *seeds) card() string {
	s.planted++
	number := fmt.Sprintf("%s%07d", canaryCard, s.planted)
	for last := range 10 {
		sum := 0
		for i, c := range fmt.Sprint(number, last) {
			d := int(c - '0')
			if i%2 == 0 {
				if d *= 2; d > 9 {
					d -= 9
				}
			}
			sum += d
		}
		if sum%10 == 0 {
			return fmt.Sprint(number, last)
		}
	}
	return ""
}

func wide(s string) []byte {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		raw = append(raw, byte(unit), byte(unit>>8))
	}
	return raw
}

// writings are texts with a secret each, in as many ways as people and programs write them.
func (s *seeds) writings() []string {
	encode := base64.StdEncoding.EncodeToString
	card := s.card()
	return []string{
		"password=" + s.word(), "--db-password " + s.word() + " --verbose", `{"apiKey":"` + s.word() + `","user":"u"}`, `{"last":"{\"password\":\"` + s.word() + `\"}"}`,
		`{"p\u0061ssword":"` + s.word() + `"}`, "auth:\n  token: |\n    " + s.word() + "\n  ttl: 1h\n", "passwords:\n- " + s.word() + "\n", "user,password\nann," + s.word() + "\n",
		"| user | password |\n|---|---|\n| ann | " + s.word() + " |\n", "пароль: " + s.word(), "密码：" + s.word(), "export DB_PASSWORD='" + s.word() + "'", "mysqldump -u root -p" + s.word() + " pay",
		"curl -u ci:" + s.word() + " https://x", "echo " + s.word() + " | docker login --password-stdin", "snmpwalk -v3 -A " + s.word() + " host", "postgres://u:" + s.word() + "@db/x",
		"Authorization: Bearer " + s.word() + "xxxxxx", "-----BEGIN PRIVATE KEY-----\n" + s.word() + "\n-----END PRIVATE KEY-----", "machine db login u password " + s.word(),
		encode([]byte("password=" + s.word())), encode([]byte(encode([]byte("token: " + s.word())))), hex.EncodeToString([]byte("password=" + s.word())), encode(wide("password=" + s.word())),
		"<server><password>" + s.word() + "</password></server>", "ALTER ROLE u WITH PASSWORD '" + s.word() + "'", "login of ann with password " + s.word() + " failed",
		"<tr><td><b>Password</b></td><td>" + s.word() + "</td></tr>", "<table><tr><th>user</th><th>password</th></tr><tr><td>ann</td><td>" + s.word() + "</td></tr></table>", "vault kv put secret/x value=" + s.word(),
		"curl -su ci:" + s.word() + " https://x", "echo " + s.word() + " | gh secret set X", "මුරපදය: " + s.word(), "os.environ[\"DB_PASSWORD\"] = \"" + s.word() + "\"", "INSERT INTO users (name, password) VALUES ('ann', '" + s.word() + "');",
		`[{"RuleID":"r","Match":"x ` + s.word() + `","Secret":"` + s.word() + `"}]`, "**Password**: " + s.word(), "createUser u SHA " + s.word() + " AES x",
		"paid with " + s.card() + " today", "pan " + card[:4] + "-" + card[4:8] + " " + card[8:12] + "-" + card[12:], "card\n" + s.card()[:8] + "\n" + s.card()[8:],
	}
}

// places are objects that an API server takes, with texts in all the places of one kind: WORDS
// stands for a list of them, NAMED for a map, ENV for variables of a container.
const places = `
{apiVersion: v1, kind: ConfigMap, metadata: {name: data, namespace: pay}, data: NAMED}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: noted, namespace: pay, annotations: NAMED}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: noted, namespace: pay, annotations: NAMED}}
---
{apiVersion: v1, kind: Secret, metadata: {name: noted, namespace: pay, annotations: NAMED}, stringData: NAMED}
---
{apiVersion: v1, kind: Service, metadata: {name: noted, namespace: pay, annotations: NAMED}, spec: {ports: [{port: 80}]}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: noted, namespace: pay, annotations: NAMED}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: noted, namespace: pay, annotations: NAMED}, spec: {podSelector: {}}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: noted, namespace: pay, annotations: NAMED}, spec: {defaultBackend: {service: {name: noted, port: {number: 80}}}}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: noted, namespace: pay, annotations: NAMED}, rules: []}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: noted, annotations: NAMED}, rules: [{apiGroups: [""], resources: [secrets], verbs: ["*"]}]}
---
{apiVersion: v1, kind: Pod, metadata: {name: args, namespace: pay}, spec: {containers: [{name: c, image: x, command: [sh, -c], args: WORDS}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: command, namespace: pay}, spec: {initContainers: [{name: i, image: x, command: WORDS}], containers: [{name: c, image: x}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: hooks, namespace: pay}, spec: {containers: [{name: c, image: x, lifecycle: {preStop: {exec: {command: WORDS}}}, livenessProbe: {exec: {command: WORDS}}}]}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: env, namespace: pay, annotations: NAMED}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}, annotations: NAMED}, spec: {containers: [{name: c, image: x, env: ENV}]}}}}
---
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: env, namespace: pay}, spec: {serviceName: x, selector: {matchLabels: {a: c}}, template: {metadata: {labels: {a: c}}, spec: {initContainers: [{name: i, image: x, env: ENV}], containers: [{name: c, image: x}]}}}}
---
{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: args, namespace: pay}, spec: {selector: {matchLabels: {a: d}}, template: {metadata: {labels: {a: d}}, spec: {containers: [{name: c, image: x, args: WORDS}]}}}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: args, namespace: pay}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: x, args: WORDS}]}}}}
---
{apiVersion: batch/v1, kind: CronJob, metadata: {name: env, namespace: pay}, spec: {schedule: "0 1 * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: x, env: ENV}]}}}}}}
`

// named are what the kinds of places hold: names that say nothing.
var named = map[string]func([]string) any{
	"NAMED": func(all []string) any {
		m := map[string]string{}
		for i, text := range all {
			m[fmt.Sprintf("entry-%d", i)] = text
		}
		return m
	},
	"WORDS": func(all []string) any { return all },
	"ENV": func(all []string) any {
		var env []any
		for i, text := range all {
			env = append(env, map[string]string{"name": fmt.Sprintf("ENTRY_%d", i), "value": text})
		}
		return env
	},
}

// fill plants canaries in all places.
func (s *seeds) fill(t *testing.T, text string) string {
	t.Helper()
	return regexp.MustCompile(`\b(?:NAMED|WORDS|ENV)\b`).ReplaceAllStringFunc(text, func(kind string) string {
		raw, err := json.Marshal(named[kind](s.writings()))
		require.NoError(t, err)
		return string(raw)
	})
}

// canariesIn returns what of the canaries stands in an output: as it is, with digits or letters parted
// by blanks and line ends, in base64, in hexadecimal and in UTF-16.
func canariesIn(text []byte) []string { return canariesWithin(text, 0) }

// encoded is what may be base64 of something.
var encoded = regexp.MustCompile(`[A-Za-z0-9+/]{20,}`)

func canariesWithin(text []byte, depth int) []string {
	var found []string
	if depth < 2 {
		for _, word := range encoded.FindAll(text, -1) {
			if plain, err := base64.RawStdEncoding.DecodeString(string(word[:len(word)-len(word)%4])); err == nil {
				found = append(found, canariesWithin(plain, depth+1)...)
			}
		}
	}
	look := func(how string, in []byte, these ...string) {
		for _, canary := range these {
			if i := bytes.Index(in, []byte(canary)); i >= 0 {
				found = append(found, fmt.Sprintf("%s: %.120q", how, in[max(0, i-60):min(len(in), i+60)]))
			}
		}
	}
	joined := bytes.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n-\u2502|", r) {
			return -1
		}
		return r
	}, text)
	look("as it is", text, canaryMark, canaryCard)
	look("in pieces", joined, canaryMark, canaryCard)
	look("in UTF-16", text, string(wide(canaryMark)), string(wide(canaryMark)[1:])+"\x00")
	for _, in := range [][]byte{text, joined} {
		look("in hexadecimal", bytes.ToLower(in), hex.EncodeToString([]byte(canaryMark)), hex.EncodeToString(wide(canaryMark)))
		for shift := range 3 { // where in three bytes it begins
			for _, canary := range []string{canaryMark, string(wide(canaryMark))} {
				encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + canary))
				look("in base64", in, encoded[(shift*8+5)/6:len(encoded)-1])
			}
		}
	}
	return found
}

// finds says what of the canaries stands where none may.
func finds(t *testing.T, what string, text []byte) {
	t.Helper()
	for _, found := range canariesIn(text) {
		assert.Fail(t, "a canary is kept", "%s holds one %s", what, found)
	}
}

// The search for canaries finds them in every writing.
func TestCanariesAreFound(t *testing.T) {
	s := &seeds{}
	for _, text := range s.writings() {
		assert.NotEmpty(t, canariesIn([]byte(text)), "%q", text)
	}
	for _, text := range []string{"tmCan\n  ary", "a tmCa\r\n│nary", "4123-4567", "4123\n4567", string(wide("xtmCanary1"))} {
		assert.NotEmpty(t, canariesIn([]byte(text)), "%q", text)
	}
	assert.Empty(t, canariesIn([]byte("tickmark, canary, 4123 456")))
}

// hears runs a verb as it is, and holds what it says against the canaries.
func (a *auditor) hears(args ...string) string {
	a.t.Helper()
	a.out.Reset()
	a.err.Reset()
	status := run(a.t.Context(), a.door, args)
	require.Contains(a.t, []int{exitDone, exitError, exitAttention}, status, "%s", a.err.String())
	finds(a.t, strings.Join(args, " "), append(a.out.Bytes(), a.err.Bytes()...))
	return a.out.String()
}

// tells holds all that comes out of a vault against the canaries.
func (a *auditor) tells(path string) {
	a.t.Helper()
	for _, verb := range [][]string{
		{"status", path}, {"status", path, "-o", "json"}, {"evidence", path, "list"}, {"vault", "verify", path}, {"vault", "authors", path, "list"}, {"request", path, "list"}, {"calendar", path, "list"},
	} {
		a.hears(verb...)
	}
	var items []questionnaires.Evidence
	require.NoError(a.t, json.Unmarshal([]byte(a.hears("evidence", path, "list", "-o", "json")), &items))
	require.NotEmpty(a.t, items)
	for _, item := range items {
		a.hears("evidence", path, "show", item.Label())
		if item.File == nil {
			a.hears("evidence", path, "show", item.Label(), "--raw")
		}
	}
	for _, kind := range []string{"saq", "aoc-record", "summary", "evidence"} {
		for _, format := range []string{"pdf", "markdown", "json", "xlsx", "csv", "sarif", "oscal"} {
			name := a.path("report-" + kind + "." + format)
			a.hears("report", path, "-o", name, "--kind", kind, "--format", format, "--unsigned")
			if _, err := os.Stat(name); err == nil {
				a.parts(name, func(what string, text []byte) { finds(a.t, what, text) })
			}
		}
	}
	finds(a.t, "the report", []byte(a.paper(path)))
	a.hears("report", path, "-o", a.path("signed.pdf"))
	a.hears("verify", a.path("signed.pdf"), "--vault", path)
	a.does(exitDone, "vault", "compact", path)
	finds(a.t, "the database", a.decrypted(path))
	a.bodies(path, 1, func(what string, text []byte) { finds(a.t, what, text) })
}

// Canaries at more than a thousand places of a cluster, in thirty writings, come out of it nowhere.
func TestNoCanaryOfManyIsKept(t *testing.T) {
	s, a := &seeds{}, newAuditor(t)
	path, folder, dump := a.path("shop.vault"), a.path("manifests"), a.path("dump.json")
	require.NoError(t, os.Mkdir(folder, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "password="+s.word()+" "+s.card()+".yaml"), []byte(s.fill(t, places)), 0o600))
	list := `{"apiVersion":"v1","kind":"List","items":[` + strings.ReplaceAll(s.fill(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"data","namespace":"pay"},"data":NAMED},
		{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"a","namespace":"pay"},"spec":{"notes":WORDS,"more":NAMED},"status":{"conditions":[{"type":"Ready","status":"False","message":"password=`+s.word()+` refused"}]}}`), "\n", " ") + `]}`
	require.NoError(t, os.WriteFile(dump, []byte(list), 0o600))
	require.Greater(t, s.planted, 600)
	a.hears("identity", "new", "--name", "Ann")
	a.hears("new", path, "--questionnaire", "saq-d-merchant", "--entity", "Shop")
	for _, format := range []string{"text", "json", "sarif"} {
		a.hears("scan", folder, "-o", format)
		a.hears("scan", "--dump", dump, "-o", format)
	}
	a.hears("rbac", "who-can", "get", "secrets", folder, "-o", "json")
	a.hears("rbac", "paths", folder, "-o", "json")
	a.hears("network", "connections", folder, "-o", "json")
	a.hears("network", "picture", "graph", folder, "--cde", "pay")
	a.hears("collect", path, "--manifests", folder, "-o", "json")
	a.hears("collect", path, "--dump", dump)
	a.tells(path)
	a.frames(path, func(what string, text []byte) { finds(t, what, text) }, "[redacted:", "noted")
}

// spoken are the members of other tools' results in which people and programs write what they like.
var spoken = regexp.MustCompile(`"(Title|title|Message|message|text|output|Description|description|Statement|name|Target|resource|resourceID|reason|Reason|info|status_detail|justification|detail|path|uri|TestDesc|test_desc|check_name|file_path|suppress_comment|comment|Summary|summary)":\s*"((?:[^"\\]|\\.)*)`)

// Of other tools' results no canary is kept but in the file itself, which MODEL.md keeps byte for byte.
func TestNoCanaryOfOtherToolsIsKept(t *testing.T) {
	s, a := &seeds{}, newAuditor(t)
	path := a.shop()
	for _, sample := range samplesOfTools(t) {
		text, err := os.ReadFile(sample)
		require.NoError(t, err)
		text = spoken.ReplaceAllFunc(text, func(member []byte) []byte {
			writings := s.writings()
			quoted, err := json.Marshal(writings[s.planted%len(writings)])
			require.NoError(t, err)
			return slices.Concat(member, []byte(`\n`), quoted[1:len(quoted)-1])
		})
		if filepath.Ext(sample) == ".txt" {
			text = append(bytes.Replace(text, []byte("[FAIL] "), []byte("[FAIL] 4.9.9 password="+s.word()+"\n[FAIL] "), 1), "password="+s.word()+"\n"...)
		}
		file := a.path("password=" + s.word() + filepath.Base(sample))
		require.NoError(t, os.WriteFile(file, text, 0o600))
		a.hears("scan", "--import", file, "-o", "json")
		a.hears("collect", path, "--import", file)
	}
	a.tells(path)
}

// shop makes a vault that nothing is in yet.
func (a *auditor) shop() (path string) {
	path = a.path("shop.vault")
	a.hears("identity", "new", "--name", "Ann")
	a.hears("new", path, "--questionnaire", "saq-d-merchant", "--entity", "Shop")
	return path
}

// samplesOfTools are files in the forms of the tools that are known.
func samplesOfTools(t *testing.T) []string {
	t.Helper()
	samples, err := filepath.Glob("../../engine/imports/testdata/*")
	require.NoError(t, err)
	require.Greater(t, len(samples), 15)
	return samples
}

// The files of other tools stand in the vault as they are, and are not printed: nothing but the tool
// may tell that a word near the beginning of one is a secret.
func TestABareSecretOfAToolsFileIsNotPrinted(t *testing.T) {
	s, a := &seeds{}, newAuditor(t)
	path := a.shop()
	for _, sample := range samplesOfTools(t) {
		text, err := os.ReadFile(sample)
		require.NoError(t, err)
		file := a.path(filepath.Base(sample))
		require.NoError(t, os.WriteFile(file, bytes.Replace(text, []byte("{"), []byte(`{"held":"`+s.word()+`",`), 1), 0o600))
		a.hears("collect", path, "--import", file)
	}
	a.prints(path)
}

// Attached they are not printed either, in forms that are not read too; what no tool wrote is.
func TestABareSecretOfAToolsFileIsNotPrintedWhereItWasAttached(t *testing.T) {
	s, a := &seeds{}, newAuditor(t)
	path := a.shop()
	files := map[string]string{
		"prowler3.json": `[{"CheckID":"a","StatusExtended":"b"}]`, "trivy0.19.json": `[{"Target":"a","Type":"alpine"}]`, "cut.json": `{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":`,
	}
	for _, sample := range samplesOfTools(t) {
		text, err := os.ReadFile(sample)
		require.NoError(t, err)
		files[filepath.Base(sample)] = string(text)
	}
	for name, text := range files {
		held := `{"held":"` + s.word() + `",`
		if filepath.Ext(name) == ".txt" {
			held = "{"
			text += "[PASS] 1.9.9 " + s.word() + "\n"
		}
		file := a.path(name)
		require.NoError(t, os.WriteFile(file, []byte(strings.Replace(text, "{", held, 1)), 0o600))
		a.hears("attach", path, file, "--requirement", "2.2.2")
	}
	plain := a.path("settings.json")
	require.NoError(t, os.WriteFile(plain, []byte(`{"levels":["a wheelbarrow"]}`), 0o600))
	a.hears("attach", path, plain, "--requirement", "2.2.2")
	assert.Contains(t, a.prints(path), "wheelbarrow")
}

// prints prints the binder, in which no canary is found, and returns it.
func (a *auditor) prints(path string) string {
	a.t.Helper()
	var all strings.Builder
	for _, format := range []string{"markdown", "json"} {
		name := a.path("report." + format)
		a.hears("report", path, "-o", name, "--kind", "evidence", "--format", format, "--unsigned")
		a.parts(name, func(what string, text []byte) {
			finds(a.t, what, text)
			all.Write(text)
		})
	}
	return all.String()
}
