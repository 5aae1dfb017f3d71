package kube_test

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// A cluster may call what it holds as a program calls logs and refusals.
func TestNoNameHidesAnObjectOfADump(t *testing.T) {
	pod := func(namespace, name string) string {
		return strings.NewReplacer("dns", name, "kube-system", namespace).Replace(
			"---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: dns\n  namespace: kube-system\nspec:\n  containers: [{name: c, image: nginx}]\n")
	}
	files := saved{
		"ci/logs/pods.json":                       lists(podJSON("logs", "a")),
		"ci/logs/replication-controllers.json":    lists(podJSON("logs", "b")),
		"mg/namespaces/logs/core/pods.yaml":       "apiVersion: v1\nitems:\n- metadata: {name: c, namespace: logs}\n  spec: {containers: [{name: c, image: nginx}]}\n- metadata: {name: a, namespace: logs, uid: uid-of-a}\n  spec: {containers: [{name: c, image: nginx}]}\nkind: PodList\nmetadata: {}\n",
		"mg/namespaces/logs/pods/d/d.yaml":        pod("logs", "d"),
		"mg/namespaces/pay/pods/e.login/e.yaml":   pod("pay", "e"),
		"mg/namespaces/pay/pods/f/f.login.yaml":   pod("pay", "f"),
		"mg/namespaces/pay/pods/x/g-errors.yaml":  pod("pay", "g"),
		"sb/cluster-resources/pods/h-errors.json": `{"kind":"PodList","apiVersion":"v1","items":[` + bare(podJSON("h-errors", "h")) + `]}`,
		"one/pods-errors.json":                    podJSON("pay", "i"),
	}
	for name, path := range map[string]string{"folder": files.folder(t), "archive": onDisk(t, "a.tar.gz", zipped(t, files.tar(t)))} {
		t.Run(name, func(t *testing.T) {
			s, _ := collect(t, dump(path))
			for _, pod := range strings.Split("abcdefghi", "") {
				assert.NotEmpty(t, originOf(s, pod), "the pod %s", pod)
			}
			for _, g := range s.Gaps {
				assert.Equal(t, engine.NotListed, g.Reason, "%+v", g)
			}
		})
	}
}

// What stands among logs is not read: whoever runs in a container may have written it.
func TestLogsOfADumpAreNotRead(t *testing.T) {
	for _, name := range []string{
		"logs/x.json", "logs/pod.json", "a/logs/c/pods.json", "namespaces/pay/pods/api/c/logs/current.json", "web.log.json", "audit_logs/pods.json",
		"logs/web.log", "pay/web/logs.txt", "web.log.1", "audit_logs/node-audit.log.gz",
	} {
		s, _ := collect(t, dump(printed.with(saved{name: podJSON("pay", "logged")}).folder(t)))
		assert.Empty(t, originOf(s, "logged"), name)
		assert.True(t, s.Saw(podKind), name)
	}
}

// What a bundle says it could not collect is a gap in whatever form it says it.
func TestWhatABundleCouldNotCollect(t *testing.T) {
	for text, want := range map[string]string{
		`["pods is forbidden","timeout"]`:                        "what was collected says so: pods is forbidden",
		`{"pay":"pods is forbidden"}`:                            "says so of pay: pods is forbidden",
		`{"pay":"` + strings.Repeat("forbidden", 20_000) + `"}`:  "says so of pay: forbidden",
		"pods is forbidden\n":                                    "cannot be read",
		`{"pay":["pods is forbidden"]}`:                          "cannot be read",
		`{"pay":"pods is forb`:                                   "breaks off",
		`{"pay":"` + strings.Repeat("forbidden", 200_000) + `"}`: "cannot be read",
		"\"pods is forbidden\"\n":                                "cannot be read",
	} {
		for _, of := range []string{"pods", "custom-resources"} {
			s, _ := collect(t, dump(printed.with(saved{"b/cluster-resources/" + of + "-errors.json": text}).folder(t)))
			var causes []string
			for _, g := range append(gapsOf(s, podKind), gapsOf(s, engine.Kind{})...) {
				causes = append(causes, g.Cause)
			}
			assert.Contains(t, strings.Join(causes, "\n"), want, "%s: %.40s", of, text)
			assert.False(t, s.Saw(podKind))
		}
	}
	for _, nothing := range []string{"null", "[]", "{}", "", "\n"} {
		s, _ := collect(t, dump(printed.with(saved{"b/cluster-resources/pods-errors.json": nothing}).folder(t)))
		assert.True(t, s.Saw(podKind), nothing)
	}
}

// A list in YAML that was cut off is YAML as well, wherever that was.
func TestAListInYAMLThatWasCutOff(t *testing.T) {
	pod := func(name, namespace string) string {
		return "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: " + name + "\n    namespace: " + namespace + "\n  spec:\n    containers:\n    - name: c\n      image: nginx\n"
	}
	items := pod("dns", "kube-system") + pod("api", "pay") + pod("web", "pay")
	for name, text := range map[string]string{
		"as kubectl writes it":   "apiVersion: v1\nitems:\n" + items + "kind: List\nmetadata:\n  resourceVersion: \"\"\n",
		"with its kind in front": "apiVersion: v1\nkind: PodList\nitems:\n" + items,
	} {
		t.Run(name, func(t *testing.T) {
			for end := 1; end < len(text); end += 5 {
				s, _ := collect(t, dump(printed.with(saved{"pods.json": "", "pods.yaml": text[:end]}).folder(t)))
				require.False(t, s.Saw(podKind) && len(s.Entries) < 6, "cut off after %q", text[:end])
			}
			s, _ := collect(t, dump(printed.with(saved{"pods.json": "", "pods.yaml": text}).folder(t)))
			assert.Len(t, s.Entries, 6)
			assert.Equal(t, name == "as kubectl writes it", s.Saw(podKind), "%+v", gapsOf(s, podKind))
		})
	}
	whole := "apiVersion: v1\nkind: Pod\nmetadata:\n  name: alone\n  namespace: pay\nspec:\n  hostNetwork: true\n  containers:\n  - name: c\n    image: nginx\n"
	cut, _, _ := strings.Cut(whole, ": true")
	s, _ := collect(t, dump(printed.with(saved{"alone.yaml": cut}).folder(t)))
	assert.False(t, s.Saw(podKind), "an object that was cut off may have been anything")
}

// What Windows makes of a dump: other line ends, a mark in front, folders joined by
// backslashes. UTF-16 is named as what it is.
func TestDumpsOfWindows(t *testing.T) {
	yaml := "apiVersion: v1\nitems:\n- metadata: {name: dns, namespace: kube-system}\n  spec: {containers: [{name: c, image: nginx}]}\n- metadata: {name: api, namespace: pay}\n  spec: {containers: [{name: c, image: nginx}]}\nkind: PodList\nmetadata: {}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: more, namespace: pay}\nspec: {containers: [{name: c, image: nginx}]}\n"
	windows := func(text string) string { return "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n") }
	s, _ := collect(t, dump(saved{"NAMESPACES.JSON": windows(allNamespaces), "Pods.YAML": windows(yaml)}.folder(t)))
	assert.True(t, s.Saw(podKind), "%+v", gapsOf(s, podKind))
	assert.NotEmpty(t, originOf(s, "more"))

	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range (saved{`dump\namespaces.json`: allNamespaces, `dump\logs\pods.json`: printed["pods.json"], `..\out.json`: podJSON("pay", "outside")}) {
		f, err := w.CreateRaw(&zip.FileHeader{Name: name, UncompressedSize64: uint64(len(text)), CompressedSize64: uint64(len(text)), CRC32: crc32.ChecksumIEEE([]byte(text))})
		require.NoError(t, err)
		_, err = io.WriteString(f, text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	s, _ = collect(t, dump(onDisk(t, "dump.zip", b.Bytes())))
	assert.Contains(t, originOf(s, "api"), "dump.zip/dump/logs/pods.json item 1")
	gaps := gapsOf(s, engine.Kind{})
	require.Len(t, gaps, 1)
	assert.Contains(t, gaps[0].Cause, "leads out of the archive")

	utf16LE := "\xff\xfe"
	for _, unit := range utf16.Encode([]rune(printed["pods.json"])) {
		utf16LE += string([]byte{byte(unit), byte(unit >> 8)})
	}
	s, _ = collect(t, dump(printed.with(saved{"pods.json": utf16LE}).folder(t)))
	assert.Contains(t, gapsOf(s, engine.Kind{})[0].Cause, "it is UTF-16")
	assert.False(t, s.Saw(podKind))
}

// What a watch prints are events: an object may be gone again with the next.
func TestAnEventOfAWatchIsNoObject(t *testing.T) {
	event := func(what string) string { return `{"type":"` + what + `","object":` + podJSON("pay", "gone") + "}\n" }
	for name, text := range map[string]string{
		"a stream": event("ADDED") + event("DELETED"), "an array": "[" + event("ADDED") + "," + event("DELETED") + "]", "YAML": "---\n" + event("ADDED") + "---\n" + event("DELETED"),
	} {
		s, _ := collect(t, dump(printed.with(saved{"watched.yaml": text}).folder(t)))
		assert.Empty(t, originOf(s, "gone"), name)
		gaps := gapsOf(s, podKind)
		if assert.Len(t, gaps, 2, name) {
			assert.Contains(t, gaps[0].Cause, "an event of a watch", name)
		}
		assert.False(t, s.Saw(podKind), name)
	}
	other, _ := collect(t, dump(printed.with(saved{"notes.json": `{"type":"ADDED","object":{"kind":"Note"}}`}).folder(t)))
	assert.True(t, other.Saw(podKind))
}
