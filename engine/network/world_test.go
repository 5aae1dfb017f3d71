package network

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"tickmark/engine"
)

// collected is a snapshot with its documents, for tests.
type collected struct {
	snapshot engine.Snapshot
	bodies   map[engine.Digest][]byte
}

// fromYAML makes a snapshot of manifests as a collector of files does.
func fromYAML(t testing.TB, documents ...string) *collected {
	t.Helper()
	c := &collected{bodies: map[engine.Digest][]byte{}, snapshot: engine.Snapshot{Target: engine.Target{ID: "manifests:test"}}}
	for _, k := range append([]engine.Kind{PolicyKind, AdminPolicyKind, BaselinePolicyKind, ClusterPolicyKind, {Kind: "Namespace"}, {Kind: "Node"}}, makersKinds...) {
		c.snapshot.Populations = append(c.snapshot.Populations, engine.Population{Kind: k, Complete: true})
	}
	for _, d := range documents {
		raw, err := yaml.YAMLToJSON([]byte(d))
		require.NoError(t, err)
		c.add(t, raw, "")
	}
	c.snapshot.Sort()
	return c
}

// add takes an object, the items of a List, and nothing that is neither. A List may
// tell the kind of its items.
func (c *collected) add(t testing.TB, raw []byte, kind string) {
	t.Helper()
	var head struct {
		APIVersion string
		Kind       string
		Metadata   struct{ Namespace, Name, UID string }
		Items      []json.RawMessage
	}
	if len(raw) == 0 || raw[0] != '{' {
		return
	}
	require.NoError(t, json.Unmarshal(raw, &head))
	if head.Kind == "" {
		head.Kind = kind
	}
	if of, list := strings.CutSuffix(head.Kind, "List"); list {
		for _, item := range head.Items {
			c.add(t, item, of)
		}
		return
	}
	if head.Kind == "" {
		return
	}
	group, _, grouped := strings.Cut(head.APIVersion, "/")
	if !grouped {
		group = ""
	}
	ref := engine.Ref{Group: group, Kind: head.Kind, Namespace: head.Metadata.Namespace, Name: head.Metadata.Name, UID: head.Metadata.UID}
	if ref.Namespace == "" && ref.Kind != "Namespace" && ref.Kind != "Node" && ref.Group != groupPolicy {
		ref.Namespace = "default"
	}
	body, err := engine.CanonicalJSON(raw)
	require.NoError(t, err)
	d := engine.NewDocument(ref, body)
	c.bodies[d.Digest] = d.Body
	c.snapshot.Entries = append(c.snapshot.Entries, engine.Entry{Ref: ref, Digest: d.Digest})
}

func (c *collected) analyse() *Analysis {
	return Analyse(engine.NewView(&c.snapshot, func(d engine.Digest) ([]byte, error) { return c.bodies[d], nil }, engine.Params{}))
}

var documentEnd = regexp.MustCompile(`(?m)^---.*$`)

// documentsIn returns the documents of every file of a folder.
func documentsIn(t testing.TB, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	var all []string
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, d := range documentEnd.Split(string(raw), -1) {
			if strings.TrimSpace(d) != "" {
				all = append(all, d)
			}
		}
	}
	return all
}

// lines returns the connections that are allowed, as they are written.
func lines(a *Analysis) []string {
	all := []string{}
	for c := range a.Connections() {
		if !c.Allowed.IsEmpty() {
			all = append(all, c.String())
		}
	}
	return all
}

// differences lists what stands on one side alone.
func differences(got, want []string) []string {
	var all []string
	for _, line := range want {
		if _, there := slices.BinarySearch(got, line); !there {
			all = append(all, "missing "+line)
		}
	}
	for _, line := range got {
		if _, there := slices.BinarySearch(want, line); !there {
			all = append(all, "beyond  "+line)
		}
	}
	return all
}

// corpus returns the folder of a corpus: from a variable, else beside the project.
// Where it is absent the test says so and is skipped.
func corpus(t *testing.T, variable, folder string) string {
	t.Helper()
	dir := os.Getenv(variable)
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpora", folder)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("corpus %s is absent (%s is not set to its folder)", folder, variable)
	}
	return dir
}

// agreement prints how many of a corpus agree, and every difference.
func agreement(t *testing.T, corpus string, agree, of int, differ []string) {
	t.Helper()
	for _, line := range differ {
		fmt.Println(corpus + ": " + line)
	}
	fmt.Printf("%s: %d of %d agree\n", corpus, agree, of)
	require.NotZero(t, of)
	require.Equal(t, of, agree)
}
