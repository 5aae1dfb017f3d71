package kube

import (
	"bytes"
	"fmt"
	"strings"

	"tickmark/engine"
)

// required are the fields without which no API server takes an object of a kind, and
// which are written in a file as they are: by those it can be told that one was cut off.
var required = map[engine.Kind]string{
	podKind:                                                           "spec.containers",
	{Kind: "PodTemplate"}:                                             "template.spec.containers",
	{Kind: "ReplicationController"}:                                   "spec.template.spec.containers",
	{Group: groupApps, Kind: "Deployment"}:                            "spec.template.spec.containers",
	{Group: groupApps, Kind: "StatefulSet"}:                           "spec.template.spec.containers",
	{Group: groupApps, Kind: "DaemonSet"}:                             "spec.template.spec.containers",
	{Group: groupApps, Kind: "ReplicaSet"}:                            "spec.template.spec.containers",
	{Group: groupBatch, Kind: "Job"}:                                  "spec.template.spec.containers",
	{Group: groupBatch, Kind: "CronJob"}:                              "spec.jobTemplate.spec.template.spec.containers",
	{Kind: "Service"}:                                                 "spec",
	{Kind: "PersistentVolume"}:                                        "spec",
	{Group: groupNetworking, Kind: "Ingress"}:                         "spec",
	{Group: groupNetworking, Kind: "NetworkPolicy"}:                   "spec",
	{Group: groupRBAC, Kind: "RoleBinding"}:                           "roleRef",
	{Group: groupRBAC, Kind: "ClusterRoleBinding"}:                    "roleRef",
	{Group: groupNode, Kind: "RuntimeClass"}:                          "handler",
	{Group: groupStorage, Kind: "StorageClass"}:                       "provisioner",
	{Group: groupAdmission, Kind: "ValidatingAdmissionPolicy"}:        "spec",
	{Group: groupAdmission, Kind: "ValidatingAdmissionPolicyBinding"}: "spec",
}

// lacks returns why an object at the end of a file of YAML may have been cut off: what it
// has to have is not there. "" if nothing tells; between two lines YAML reads as it stands.
func lacks(tree map[string]any, of engine.Kind) string {
	path := required[of]
	if path == "" && engine.HoldsPodTemplate(of) {
		path = "spec"
	}
	in := tree
	for _, name := range strings.FieldsFunc(path, func(c rune) bool { return c == '.' }) {
		if in[name] == nil {
			return fmt.Sprintf("it has no %s, without which no server takes it, and the file ends with it: it may have been cut off, or be a part that is put into another", path)
		}
		in, _ = in[name].(map[string]any)
	}
	return ""
}

// saysItEnds reports whether a document of YAML has an end of its own, behind which a cut
// would be seen.
func saysItEnds(text []byte) bool {
	return bytes.HasSuffix(bytes.TrimRight(text, " \t\r\n"), []byte("\n..."))
}
