package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/tui"
	"tickmark/tui/screen"
	"tickmark/tui/tuitest"
	"tickmark/vault"
)

const podManifest = "apiVersion: v1\nkind: Pod\nmetadata: {name: api, namespace: pay}\nspec: {containers: [{name: main, image: pay/api:1}]}\n"

const namePolicy = `apiVersion: tickmark/v1
kind: Policy
id: one-name
version: 1
area: pods
title: Pods of pay are called api
rationale: Names are found again.
how: The name of every pod.
remediation: Call it api.
match: {kinds: [Pod]}
expression: object.metadata.name == 'api'
informs: {pci-dss-4.0.1: ["2.2.6.c: names alone"]}
`

// A person at the desk names what the flags of collect name, and is refused in the same
// words.
func TestTheDeskCollectsFromWhatIsNamedThere(t *testing.T) {
	var out bytes.Buffer
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	path := in("shop.vault")
	d := cornerShop(t, path, "saq-d-merchant", &out)
	trivy := `{"SchemaVersion": 2, "ArtifactName": "registry.example/pay/api:1.2", "ArtifactType": "container_image", "Results": [{"Target": "api", "Class": "os-pkgs", "Type": "debian"}]}`
	for name, text := range map[string]string{"pod.yaml": podManifest, "own.yaml": namePolicy, "trivy.json": trivy, "broken.yaml": "id: custom/x\n"} {
		require.NoError(t, os.WriteFile(in(name), []byte(text), 0o600))
	}
	for name, named := range map[string]screen.NamedSource{
		`--target "a b": a name is letters, digits`: {Kind: screen.ImportSource, Paths: []string{in("trivy.json")}, Target: "a b"},
		"no configuration has been provided":        {Kind: screen.LiveSource, Paths: []string{"nowhere"}, Config: in("none.kubeconfig")},
	} {
		_, err := d.sourceFromDesk(opening{}, named)
		if name == "no configuration has been provided" {
			require.Error(t, err)
			continue
		}
		require.ErrorContains(t, err, name)
	}
	_, err := d.policiesFromDesk(screen.OwnPolicies{Paths: []string{in("broken.yaml")}})
	require.ErrorContains(t, err, "lists all that is wrong")
	_, err = d.policiesFromDesk(screen.OwnPolicies{Paths: []string{"-"}})
	require.Error(t, err, "the terminal is not read")
	_, err = d.policiesFromDesk(screen.OwnPolicies{Paths: []string{in("own.yaml")}, Params: []string{"other.called=web"}})
	require.ErrorContains(t, err, "there is no policy custom/other")

	var v *vault.Vault
	w, err := d.bench(path, opening{}, chosen{}, nil, &v)
	require.NoError(t, err)
	desk := tuitest.New(t, tui.New(tui.Options{First: screen.NewUnlock(t.Context(), w)}), 120, 40)
	defer func() { require.NoError(t, v.Close()) }()
	fill := func(place, text string) {
		desk.Press("/").Type(place).Press("enter", "enter").Type(text).Press("esc", "esc")
	}
	kind := func(words string) {
		desk.Press("/").Type("kind").Press("enter", "enter", "/").Type(words).Press("enter", "enter", "esc")
	}
	desk.Press("c").Shows("No source is named yet").Press("enter").Shows("enter: no source was named; s names one")
	desk.Press("s")
	kind("other tools")
	fill("paths", in("trivy.json"))
	desk.Press("S").Shows("Sources", "trivy.json").Press("s")
	kind("manifests")
	fill("paths", in("pod.yaml"))
	fill("target", "prod")
	desk.Press("S").Shows("pod.yaml").Press("p")
	fill("paths", in("own.yaml"))
	desk.Press("S").Shows("1 policy is evaluated as well", "and 1 policy of your own").Press("enter")
	desk.Shows("✓ recorded as evidence", "kept as Evidence-1: trivy.json")
	desk.Press("esc", "e", "/").Type("called api").Press("enter").Shows("Pods of pay are called api", "pass")
	assert.Empty(t, out.String(), "nothing is said beside the desk")
}
