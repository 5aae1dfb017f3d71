package network

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// houses are the namespaces of the conformance cases of ClusterNetworkPolicy, each
// with pods that answer on all of triedPorts.
var houses = [...]string{"gryffindor", "slytherin", "hufflepuff", "ravenclaw"}

const houseNamespace = "network-policy-conformance-"

var triedPorts = [...]string{"TCP/80", "TCP/8080", "UDP/53", "UDP/5353", "SCTP/9003", "SCTP/9005"}

// conformance says, by file and by `FROM TO` in the letters of the houses, what of
// triedPorts is allowed; whatever is not named is allowed whole. It is read off the
// rules by hand: the first that matches decides, and only Pass leaves it to the next tier.
// The files of a tier are named without it, as the same rules stand in both.
var conformance = map[string]map[string]string{
	"standard-egress-inline-cidr-rules.yaml": {"g h": "", "g r": ""}, // 0.0.0.0/0 holds the addresses of pods
	"standard-egress-sctp-rules.yaml":        {"r s": "TCP/80 TCP/8080 UDP/53 UDP/5353 SCTP/9005", "r h": "SCTP/9003"},
	"standard-egress-tcp-rules.yaml":         {"g s": "TCP/8080 UDP/53 UDP/5353 SCTP/9003 SCTP/9005", "g h": "TCP/8080"},
	"standard-egress-udp-rules.yaml":         {"h s": "TCP/80 TCP/8080 UDP/53 SCTP/9003 SCTP/9005", "h g": "UDP/53"},
	"standard-gress-rules-combined.yaml": {
		"g s": "TCP/8080 UDP/5353 SCTP/9005", "g h": "TCP/8080 UDP/5353 SCTP/9003",
		"s g": "TCP/8080 UDP/5353 SCTP/9005", "h g": "TCP/80 UDP/5353 SCTP/9003",
	},
	"standard-ingress-sctp-rules.yaml": {"s r": "TCP/80 TCP/8080 UDP/53 UDP/5353 SCTP/9005", "h r": "SCTP/9003"},
	"standard-ingress-tcp-rules.yaml":  {"s g": "TCP/8080 UDP/53 UDP/5353 SCTP/9003 SCTP/9005", "h g": "TCP/80"},
	"standard-ingress-udp-rules.yaml":  {"s h": "TCP/80 TCP/8080 UDP/53 SCTP/9003 SCTP/9005", "g h": "UDP/53"},
	"standard-priority-field.yaml":     {"s g": "", "g s": ""},
	// The NetworkPolicy lets in Slytherin alone, which the tier before it refuses.
	"api_integration/standard-anp-np-banp.yaml": {
		"s g": "", "h g": "", "r g": "", "g s": "", "g h": "", "g r": "",
	},
}

// houseLetter is what a house is called in conformance.
func houseLetter(house string) string { return house[:1] }

// TestConformance compares with the conformance cases of ClusterNetworkPolicy, all
// pairs of houses on all ports.
func TestConformance(t *testing.T) {
	dir := filepath.Join(corpus(t, "TICKMARK_CORPUS_ADMIN", "netpol-admin"), "base")
	files, err := filepath.Glob(filepath.Join(dir, "*", "standard-*.yaml"))
	require.NoError(t, err)
	agree, asked := 0, 0
	var differ []string
	for _, file := range files {
		name := filepath.ToSlash(strings.TrimPrefix(file, dir+string(filepath.Separator)))
		of := name
		if _, alike, tiered := strings.Cut(name, "_tier/"); tiered {
			of = alike
		}
		want, known := conformance[of]
		require.True(t, known, "%s: nobody said what it allows", name)
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		between := conforming(t, dir, string(raw))
		for _, from := range houses {
			for _, to := range houses {
				if from == to {
					continue
				}
				allowed, limited := want[houseLetter(from)+" "+houseLetter(to)]
				for _, port := range triedPorts {
					asked++
					expected := !limited || slices.Contains(strings.Fields(allowed), port)
					if between(from, to, port) == expected {
						agree++
						continue
					}
					differ = append(differ, fmt.Sprintf("%s: %s => %s : %s is allowed: %t", name, from, to, port, expected))
				}
			}
		}
	}
	agreement(t, "netpol-admin", agree, asked, differ)
}

// The cases change their policies as they go on; so do these.
func TestConformanceOfChangedPolicies(t *testing.T) {
	dir := filepath.Join(corpus(t, "TICKMARK_CORPUS_ADMIN", "netpol-admin"), "base")
	read := func(name string) string {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		return string(raw)
	}
	integration, priorities := read("api_integration/standard-anp-np-banp.yaml"), read("admin_tier/standard-priority-field.yaml")
	passing := strings.ReplaceAll(integration, `"Deny" # test will update to pass`, `"Pass"`)
	require.NotEqual(t, integration, passing)
	between := conforming(t, dir, passing)
	require.True(t, between("slytherin", "gryffindor", "TCP/80"), "passed on to the NetworkPolicy, which allows it")
	require.False(t, between("hufflepuff", "gryffindor", "TCP/80"))

	documents := documentEnd.Split(passing, -1)
	between = conforming(t, dir, documents[0]+"---\n"+documents[2])
	require.False(t, between("slytherin", "gryffindor", "TCP/80"), "no NetworkPolicy: the baseline decides")
	require.True(t, between("hufflepuff", "gryffindor", "TCP/80"))

	first := strings.Replace(priorities, "priority: 60", "priority: 40", 1)
	require.NotEqual(t, priorities, first)
	between = conforming(t, dir, first)
	require.True(t, between("slytherin", "gryffindor", "UDP/53"), "the Pass of the smaller number comes first")
	require.True(t, between("gryffindor", "slytherin", "UDP/53"))
}

// hostPort is where the cases leave out a port of the nodes' network.
var hostPort = regexp.MustCompile(`\{\{ index \.HostNetworkPorts (\d) \}\}`)

// conforming returns what is allowed between the houses under policies. The pods of
// the cases run, each with an address.
func conforming(t *testing.T, dir, policies string) func(from, to, port string) bool {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "manifests.yaml"))
	require.NoError(t, err)
	raw = hostPort.ReplaceAll(raw, []byte("3636$1"))
	pods := map[string]string{}
	var objects []string
	for _, d := range documentEnd.Split(string(raw), -1) {
		var o struct {
			Kind     string
			Metadata struct{ Namespace, Name string }
			Spec     struct {
				Template struct {
					Metadata map[string]any
					Spec     map[string]any
				}
			}
		}
		require.NoError(t, yaml.Unmarshal([]byte(d), &o))
		if o.Kind != "StatefulSet" {
			objects = append(objects, d)
			continue
		}
		if o.Spec.Template.Spec["hostNetwork"] == true {
			objects = append(objects, d)
			continue
		}
		pod := o.Spec.Template.Metadata
		pod["namespace"], pod["name"] = o.Metadata.Namespace, o.Metadata.Name+"-0"
		text, err := json.Marshal(map[string]any{
			"apiVersion": "v1", "kind": "Pod", "metadata": pod, "spec": o.Spec.Template.Spec,
			"status": map[string]any{"podIP": fmt.Sprintf("10.1.0.%d", len(pods)+1)},
		})
		require.NoError(t, err)
		objects = append(objects, string(text))
		pods[strings.TrimPrefix(o.Metadata.Namespace, houseNamespace)] = o.Metadata.Namespace + "/" + o.Metadata.Name + "-0[Pod]"
	}
	require.Len(t, pods, len(houses))
	a := fromYAML(t, append(objects, documentEnd.Split(policies, -1)...)...).analyse()
	allowed := map[string]Ports{}
	for c := range a.Connections() {
		allowed[c.From+" "+c.To] = c.Allowed
	}
	return func(from, to, port string) bool {
		name, number, _ := strings.Cut(port, "/")
		protocol, known := protocolOf(name)
		require.True(t, known)
		at, err := strconv.Atoi(number)
		require.NoError(t, err)
		return allowed[pods[from]+" "+pods[to]].Contains(protocol, int32(at))
	}
}
