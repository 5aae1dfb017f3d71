//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/stretchr/testify/require"

	"tickmark/engine"
	"tickmark/engine/kube"
	"tickmark/questionnaires"
	"tickmark/questionnaires/pci"
	"tickmark/vault"
)

// How large the cluster is that the network room is opened on.
const (
	roomNamespaces = 400
	roomWorkloads  = 5 // of each namespace
	roomZone       = 20
)

// room opens the network room on a large cluster.
func (b *engineBench) room() {
	e := &engagementBench{benchTable: b.benchTable}
	e.door = outside()
	e.door.out, e.door.err = &bytes.Buffer{}, &bytes.Buffer{}
	e.door.config, e.door.state = filepath.Join(b.folder, "config"), filepath.Join(b.folder, "state")
	path := filepath.Join(b.folder, "room.vault")
	require.Equal(b, exitDone, run(b.Context(), e.door, []string{"new", path, "--questionnaire", "saq-d-merchant", "--entity", "Large"}))
	v, err := e.door.open(b.Context(), path, opening{})
	require.NoError(b, err)
	b.roomScope(v)
	collectors := []engine.Collector{&kube.Manifests{Paths: []string{b.roomManifests()}, Name: "large", Tool: tool(), Now: e.door.now}}
	_, err = e.door.collectInto(b.Context(), v, collectors, chosen{checks: []string{"namespaces-have-default-deny"}}, true)
	require.NoError(b, err)
	d, router := e.desk(path, "", &v)
	analysed := startWatch()
	d.Press(room("who can reach")...).Shows(fmt.Sprintf("%d namespaces, %d in the CDE", roomNamespaces, roomZone))
	e.took(fmt.Sprintf("the network of %d workloads in %d namespaces, read from a vault and analysed beside the desk", roomNamespaces*roomWorkloads, roomNamespaces), []watch{analysed.stop()}, 0)
	d.Press("esc", "esc", "esc", "esc")
	e.list(d, router, "the network room", room("who can reach"))
	d.Press("esc", "esc", "esc", "esc").Press(room("who can reach")...)
	for _, list := range []struct {
		name string
		open string
	}{{"what may come into the zone", "i"}, {"where nothing denies by default", "d"}, {"classes of the scope", "c"}} {
		first := startWatch()
		d.Press(list.open)
		_ = router.View()
		e.took(list.name+", first frame", []watch{first.stop()}, 100)
		if list.open != "c" {
			d.Press("esc")
		}
	}
	require.NoError(b, v.Close())
	b.benchTable = e.benchTable
}

func (b *engineBench) roomScope(v *vault.Vault) {
	h, err := v.History(b.Context())
	require.NoError(b, err)
	catalogue, err := pci.Catalogue()
	require.NoError(b, err)
	scope := questionnaires.Scope{Connections: []engine.Declaration{{From: "space-1*/*", To: "space-00*/app-0", Ports: "TCP 8443", Why: "Payments."}}}
	for i := range roomZone {
		scope.Classes = append(scope.Classes, questionnaires.Classification{
			Selection: questionnaires.Selection{Kind: questionnaires.NamespaceClassed, Name: fmt.Sprintf("space-%03d", i)}, Class: questionnaires.CardholderEnvironment, Justification: "Card data.",
		})
	}
	draft, err := h.SetScope(catalogue, scope)
	require.NoError(b, err)
	_, err = v.Append(b.Context(), draft)
	require.NoError(b, err)
}

// roomManifests writes the cluster: a policy in each namespace, which denies all but two
// others.
func (b *engineBench) roomManifests() string {
	folder := filepath.Join(b.folder, "room")
	require.NoError(b, os.MkdirAll(folder, 0o700))
	for i := range roomNamespaces {
		var text strings.Builder
		name := fmt.Sprintf("space-%03d", i)
		fmt.Fprintf(&text, "apiVersion: v1\nkind: Namespace\nmetadata: {name: %s, labels: {kubernetes.io/metadata.name: %s}}\n---\n", name, name)
		if i%4 != 0 {
			fmt.Fprintf(&text, "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: %s}\nspec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [space-%03d, space-%03d]}]}}], ports: [{port: 8443}]}]}\n---\n",
				name, (i+1)%roomNamespaces, (i*7)%roomNamespaces)
		}
		for j := range roomWorkloads {
			fmt.Fprintf(&text, "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app-%d, namespace: %s}\nspec: {selector: {matchLabels: {app: app-%d}}, template: {metadata: {labels: {app: app-%d}}, spec: {containers: [{name: c, image: registry.example/a, ports: [{containerPort: 8443}]}]}}}\n---\n", j, name, j, j)
		}
		require.NoError(b, os.WriteFile(filepath.Join(folder, name+".yaml"), []byte(text.String()), 0o600))
	}
	return folder
}
