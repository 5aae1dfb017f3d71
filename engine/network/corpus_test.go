package network

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestConnectionLists compares with lists of connections that another analyser made.
func TestConnectionLists(t *testing.T) {
	dir := corpus(t, "TICKMARK_CORPUS_CONNLIST", "netpol-connlist")
	expected, err := filepath.Glob(filepath.Join(dir, "*", "expected.txt"))
	require.NoError(t, err)
	agree := 0
	var differ []string
	for _, file := range expected {
		folder := filepath.Dir(file)
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		want := strings.Split(strings.TrimSpace(string(raw)), "\n")
		slices.Sort(want)
		got := lines(fromYAML(t, documentsIn(t, filepath.Join(folder, "input"))...).analyse())
		require.True(t, slices.IsSorted(got), "%s is not in order", folder)
		between := differences(got, want)
		if len(between) == 0 {
			agree++
		}
		for _, line := range between {
			differ = append(differ, filepath.Base(folder)+": "+line)
		}
	}
	agreement(t, "netpol-connlist", agree, len(expected), differ)
}

// probes is a case of connections that were tried in a simulated cluster.
type probes struct {
	Namespaces map[string]map[string]string
	Pods       []struct {
		Namespace, Name, IP string
		Labels              map[string]string
		Ports               []string // TCP/80=serve-80-tcp
	}
	Policies []json.RawMessage
	Truth    []struct {
		From, To, Protocol, Allowed string
		Port                        int32
	}
}

// manifests writes a case as objects of a cluster.
func (p probes) manifests() []string {
	var all []string
	object := func(v map[string]any) {
		raw, _ := json.Marshal(v)
		all = append(all, string(raw))
	}
	for name, labels := range p.Namespaces {
		object(map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name, "labels": labels, "uid": name}})
	}
	for _, pod := range p.Pods {
		var ports []any
		for _, text := range pod.Ports {
			at, name, _ := strings.Cut(text, "=")
			protocol, number, _ := strings.Cut(at, "/")
			port, _ := strconv.Atoi(number)
			ports = append(ports, map[string]any{"name": name, "protocol": protocol, "containerPort": port})
		}
		object(map[string]any{
			"apiVersion": "v1", "kind": "Pod",
			"metadata": map[string]any{"namespace": pod.Namespace, "name": pod.Name, "labels": pod.Labels},
			"spec":     map[string]any{"containers": []any{map[string]any{"name": "c", "ports": ports}}},
			"status":   map[string]any{"podIP": pod.IP},
		})
	}
	for _, raw := range p.Policies {
		var policy map[string]any
		_ = json.Unmarshal(raw, &policy)
		policy["apiVersion"], policy["kind"] = "networking.k8s.io/v1", "NetworkPolicy"
		object(policy)
	}
	return all
}

// TestProbes compares with connections tried in a simulated cluster; those of a pod
// with itself are left out.
func TestProbes(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpus(t, "TICKMARK_CORPUS_PROBES", "netpol-probes"), "*.json"))
	require.NoError(t, err)
	agree, of := 0, 0
	var differ []string
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		var p probes
		require.NoError(t, json.Unmarshal(raw, &p))
		a := fromYAML(t, p.manifests()...).analyse()
		between := map[string]Ports{}
		for c := range a.Connections() {
			between[c.From+" "+c.To] = c.Allowed
		}
		for _, truth := range p.Truth {
			if truth.From == truth.To {
				continue
			}
			of++
			protocol, known := protocolOf(truth.Protocol)
			require.True(t, known)
			got := between[truth.From+"[Pod] "+truth.To+"[Pod]"].Contains(protocol, truth.Port)
			if got == (truth.Allowed == "allowed") {
				agree++
				continue
			}
			differ = append(differ, fmt.Sprintf("%s: %s => %s : %s %d is %s", filepath.Base(file), truth.From, truth.To, truth.Protocol, truth.Port, truth.Allowed))
		}
	}
	agreement(t, "netpol-probes", agree, of, differ)
}
