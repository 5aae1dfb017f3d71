package checks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

// mountingServer is an API server that is given a file of its node's folder /etc/kube.
func mountingServer(node string, arguments ...string) string {
	pod := staticPod(apiServer, "v1.36.3", append(goodServer[:len(goodServer):len(goodServer)], arguments...)...)
	pod = strings.TrimSuffix(pod, "---") + "    volumeMounts: [{name: root, mountPath: /etc}, {name: kube, mountPath: /etc/kubernetes, readOnly: true}]\n" +
		"  volumes: [{name: root, emptyDir: {}}, {name: kube, hostPath: {path: /etc/kube}}]\n---"
	return strings.ReplaceAll(pod, "cp-1", node)
}

func serverFile(kind, name, text string) string {
	version := map[string]string{"Policy": "audit.k8s.io/v1", "EncryptionConfiguration": "apiserver.config.k8s.io/v1"}[kind]
	return fmt.Sprintf("apiVersion: %s\nkind: %s\nmetadata: {name: '%s'}\n%s", version, kind, name, text)
}

// ofFile returns what is said of a file.
func ofFile(t *testing.T, r engine.Result, kind string) engine.Detail {
	t.Helper()
	var found []engine.Detail
	for _, d := range r.Details {
		if d.Subject.Kind == kind {
			found = append(found, d)
		}
	}
	require.Len(t, found, 1, "%v", r.Details)
	return found[0]
}

func TestAFileOfAServerIsJudgedWhereItsFlagNamesIt(t *testing.T) {
	const bad, good = "resources: [{resources: [secrets], providers: [{identity: {}}]}]", "resources: [{resources: [secrets], providers: [{secretbox: {keys: [{name: a, secret: '[redacted:key]'}]}}]}]"
	flag := "--encryption-provider-config=/etc/kubernetes/enc.yaml"
	one := mountingServer("cp-1", flag)
	for _, c := range []struct {
		servers, name, text string
		want                engine.Verdict
	}{
		{one, "etc:kube:enc.yaml", bad, engine.Fail},
		{one, "etc:kube:enc.yaml", good, engine.Pass},
		{one, "node:cp-1:etc:kube:enc.yaml", bad, engine.Fail},
		{one, "etc:kubernetes:enc.yaml", good, engine.Unknown},    // its path in the container
		{one, "enc.yaml", good, engine.Unknown},                   // called like it
		{one, "etc:kube:old-enc.yaml", good, engine.Unknown},      // another
		{one, "letc:kube:enc.yaml", good, engine.Unknown},         // a folder called like it
		{one, "w-1:etc:kube:enc.yaml", good, engine.Unknown},      // of another node
		{one, "other-folder:etc:kube:enc.yaml", bad, engine.Fail}, // whatever is around
		{mountingServer("cp-1"), "etc:kube:enc.yaml", good, engine.Unknown},
		{mountingServer("cp-1", flag, "--encryption-provider-config=/etc/enc.yaml"), "etc:enc.yaml", good, engine.Unknown}, // of no volume of the node
		{"", "etc:kube:enc.yaml", bad, engine.Unknown},
		{one + mountingServer("cp-2", flag), "etc:kube:enc.yaml", bad, engine.Unknown},
		{one + mountingServer("cp-2", flag), "cp-2:etc:kube:enc.yaml", bad, engine.Fail},
		{mountingServer("cp-1", "--encryption-provider-config=$(FILE)"), "etc:kube:enc.yaml", good, engine.Unknown},
	} {
		w := cluster(t, append(strings.Split(c.servers, "---"), nodeYAML("w-1", ""), serverFile("EncryptionConfiguration", c.name, c.text))...)
		d := ofFile(t, w.result(t, "secrets-encrypted-at-rest"), "EncryptionConfiguration")
		assert.Equal(t, c.want, d.Verdict, "%s %s %s: %s", c.servers, c.name, c.text, d.Sentence)
		assert.Len(t, d.Cites, 1)
	}
	twice := cluster(t, one, serverFile("EncryptionConfiguration", "etc:kube:enc.yaml", good), serverFile("EncryptionConfiguration", "etc:kube:enc.yaml", bad))
	assert.Equal(t, engine.Unknown, twice.result(t, "secrets-encrypted-at-rest").Verdict, "two documents in one file")
	hidden := cluster(t, one).hide(engine.EncryptionConfigurationKind)
	assert.Equal(t, engine.Unknown, hidden.result(t, "secrets-encrypted-at-rest").Verdict, "a file that could not be read")
}

func TestEncryptionIsWhatTheFirstProviderForSecretsDoes(t *testing.T) {
	const box = "{secretbox: {keys: [{name: a, secret: '[redacted:key]'}]}}"
	for text, want := range map[string]engine.Verdict{
		"resources: [{resources: [secrets], providers: [" + box + ", {identity: {}}]}]":                                         engine.Pass,
		"resources: [{resources: [secrets], providers: [{kms: {apiVersion: v2, name: k, endpoint: 'unix:///k.sock'}}]}]":        engine.Pass,
		"resources: [{resources: ['*.'], providers: [" + box + "]}]":                                                            engine.Pass,
		"resources: [{resources: ['*.*'], providers: [" + box + "]}]":                                                           engine.Pass,
		"resources: [{resources: [configmaps], providers: [{identity: {}}]}, {resources: [secrets], providers: [" + box + "]}]": engine.Pass,
		"resources: [{resources: [configmaps, secrets], providers: [{identity: {}}, " + box + "]}]":                             engine.Fail,
		"resources: [{resources: ['*.*'], providers: [{identity: {}}]}, {resources: [secrets], providers: [" + box + "]}]":      engine.Fail,
		"resources: [{resources: [secrets], providers: [" + box + "]}, {resources: ['*.*'], providers: [{identity: {}}]}]":      engine.Pass,
		"resources: [{resources: [configmaps], providers: [" + box + "]}]":                                                      engine.Fail,
		"resources: [{resources: ['*.apps', secrets.example.com, '*.secrets'], providers: [" + box + "]}]":                      engine.Fail,
		"resources: []": engine.Fail,
		"resources: [{resources: [secrets], providers: []}]":                                                             engine.Unknown,
		"resources: [{resources: [secrets], providers: [{vault: {}}]}]":                                                  engine.Unknown,
		"resources: [{resources: [secrets], providers: [{secretbox: {}, identity: {}}]}]":                                engine.Unknown,
		"resources: [{resources: [secrets], providers: [{aescbc: {keys: []}}]}]":                                         engine.Unknown,
		"resources: [{resources: [secrets], providers: [{aescbc: {keys: [{name: a}]}}]}]":                                engine.Unknown,
		"resources: [{resources: [secrets], providers: [{kms: {name: k, endpoint: 'tcp://k:1'}}]}]":                      engine.Unknown, // no server starts with it
		"resources: [{resources: [secrets], providers: [{kms: {apiVersion: v3, name: k, endpoint: 'unix:///k.sock'}}]}]": engine.Unknown,
		"resources: [{resources: [secrets], providers: [{kms: {name: k}}]}]":                                             engine.Unknown,
		"apiVersion: apiserver.config.k8s.io/v1alpha1\nresources: [{resources: [secrets], providers: [" + box + "]}]":    engine.Unknown,
	} {
		file := serverFile("EncryptionConfiguration", "etc:kube:enc.yaml", text)
		if strings.HasPrefix(text, "apiVersion") {
			_, file, _ = strings.Cut(file, "\n")
		}
		w := cluster(t, mountingServer("cp-1", "--encryption-provider-config=/etc/kubernetes/enc.yaml"), file)
		r := w.result(t, "secrets-encrypted-at-rest")
		assert.Equal(t, want, r.Verdict, "%s: %s", text, ofFile(t, r, "EncryptionConfiguration").Sentence)
	}
}

func TestAnAuditPolicyIsJudgedByWhatItLeavesOut(t *testing.T) {
	for text, want := range map[string]engine.Verdict{
		"rules: [{level: Metadata}]":                                                                engine.Pass,
		"omitStages: [RequestReceived]\nrules: [{level: RequestResponse}]":                          engine.Pass,
		"omitStages: [ResponseComplete]\nrules: [{level: Metadata}]":                                engine.Unknown,
		"omitStages: [ResponseComplete]\nrules: [{level: Metadata, omitStages: [RequestReceived]}]": engine.Fail,
		"rules: [{level: None}]":                                                                    engine.Fail,
		"rules: [{level: None}, {level: Metadata}]":                                                 engine.Fail,
		"rules: [{level: Metadata}, {level: None}]":                                                 engine.Pass,
		"rules: []":                    engine.Unknown,
		"rules: [{level: Everything}]": engine.Unknown,
		"rules: [{level: Metadata, resources: [{group: '', resources: [secrets]}]}]":                                                                                                                                 engine.Fail,
		"rules: [{level: None, resources: [{group: '', resources: [secrets]}]}, {level: Metadata}]":                                                                                                                  engine.Fail,
		"rules: [{level: None, resources: [{group: '', resources: [events]}]}, {level: Metadata}]":                                                                                                                   engine.Pass,
		"rules: [{level: None, resources: [{group: '', resources: ['*/exec']}]}, {level: Metadata}]":                                                                                                                 engine.Fail,
		"rules: [{level: None, resources: [{group: '', resources: ['pods/*']}]}, {level: Metadata}]":                                                                                                                 engine.Fail,
		"rules: [{level: None, resources: [{group: '', resources: ['*']}]}, {level: Metadata}]":                                                                                                                      engine.Fail,
		"rules: [{level: None, resources: [{group: rbac.authorization.k8s.io}]}, {level: Metadata}]":                                                                                                                 engine.Fail,
		"rules: [{level: None, resources: [{group: '*', resources: ['*']}]}, {level: Metadata}]":                                                                                                                     engine.Pass, // no group is called so
		"rules: [{level: None, verbs: [get, list, watch]}, {level: Metadata}]":                                                                                                                                       engine.Fail, // Secrets too
		"rules: [{level: Metadata, resources: [{group: '', resources: [secrets, pods/exec, pods/attach, pods/portforward, pods/proxy, nodes/proxy]}]}, {level: None, verbs: [get, list, watch]}, {level: Metadata}]": engine.Unknown,
		"rules: [{level: None, nonResourceURLs: ['/healthz*']}, {level: Metadata}]":                                                                                                                                  engine.Pass,
		"rules: [{level: None, users: ['system:kube-proxy'], verbs: [watch]}, {level: Metadata}]":                                                                                                                    engine.Pass,
		"rules: [{level: None, userGroups: ['system:nodes']}, {level: Metadata}]":                                                                                                                                    engine.Pass,
		"rules: [{level: None, userGroups: ['system:serviceaccounts:kube-system']}, {level: Metadata}]":                                                                                                              engine.Pass,
		"rules: [{level: None, users: [ann]}, {level: Metadata}]":                                                                                                                                                    engine.Unknown,
		"rules: [{level: None, userGroups: ['system:masters']}, {level: Metadata}]":                                                                                                                                  engine.Unknown,
		"rules: [{level: None, userGroups: ['system:serviceaccounts']}, {level: Metadata}]":                                                                                                                          engine.Unknown,
		"rules: [{level: None, userGroups: ['system:authenticated']}, {level: Metadata}]":                                                                                                                            engine.Fail,
		"rules: [{level: None, namespaces: [pay], resources: [{group: '', resources: [secrets]}]}, {level: Metadata}]":                                                                                               engine.Unknown,
		"rules: [{level: None, resources: [{group: '', resources: [secrets], resourceNames: [db]}]}, {level: Metadata}]":                                                                                             engine.Unknown,
		"rules: [{level: Metadata, namespaces: [pay]}]":                                                                                                                                                              engine.Fail, // and nothing of roles of the cluster
		"rules: [{level: Metadata, users: ['system:kube-proxy']}]":                                                                                                                                                   engine.Fail,
		"rules: [{level: Metadata, users: [ann]}, {level: None}]":                                                                                                                                                    engine.Unknown,
	} {
		w := cluster(t, mountingServer("cp-1"), serverFile("Policy", "etc:kube:audit.yaml", text))
		r := w.result(t, "api-server-writes-audit-log")
		assert.Equal(t, want, r.Verdict, "%s: %s", text, ofFile(t, r, "Policy").Sentence)
	}
	// What a rule forgets is said with its verb.
	w := cluster(t, mountingServer("cp-1"), serverFile("Policy", "etc:kube:audit.yaml", "rules: [{level: Metadata, verbs: [get, list, watch, create, update, patch, delete]}]"))
	d := ofFile(t, w.result(t, "api-server-writes-audit-log"), "Policy")
	assert.Equal(t, engine.Fail, d.Verdict)
	assert.Contains(t, d.Sentence, "who changes Secrets (by deletecollection: no rule is of it)")
}

// The proof shows what stands at its place, whatever that rule does record.
func TestTheProofOfAnAuditPolicyIsWhatItsRuleSays(t *testing.T) {
	for text, want := range map[string][2]string{
		"rules: [{level: None}]": {"rules[0]", `"None"`},

		"omitStages: [ResponseComplete]\nrules: [{level: Metadata}]":                                                 {"rules[0]", `"Metadata"`},
		"rules: [{level: None, users: [ann]}, {level: Metadata, omitStages: [ResponseComplete]}]":                    {"rules[0]", `"None"`},
		"rules: [{level: Metadata, omitStages: [ResponseComplete], users: [ann]}, {level: Request}]":                 {"rules[0]", `"Metadata"`},
		"rules: [{level: Metadata, users: ['system:kube-proxy']}, {level: Request, omitStages: [ResponseComplete]}]": {"rules[1]", `"Request"`},
		"rules: [{level: Metadata, resources: [{group: '', resources: [configmaps]}]}]":                              {"rules", ""},
	} {
		w := cluster(t, mountingServer("cp-1"), serverFile("Policy", "etc:kube:audit.yaml", text))
		d := ofFile(t, w.result(t, "api-server-writes-audit-log"), "Policy")
		assert.Equal(t, want, [2]string{d.Field, string(d.Value)}, "%s: %s", text, d.Sentence)
	}
}

func TestAnAuditPolicyIsJudgedByTheSecretsItWritesDown(t *testing.T) {
	const secrets = "resources: [{group: '', resources: [secrets]}]"
	for text, want := range map[string]engine.Verdict{
		"rules: [{level: Metadata}]":                                                                   engine.Pass,
		"rules: [{level: None}]":                                                                       engine.Pass,
		"rules: [{level: RequestResponse}]":                                                            engine.Fail,
		"rules: [{level: Request}]":                                                                    engine.Fail,
		"omitStages: [RequestReceived]\nrules: [{level: Request}]":                                     engine.Fail,
		"omitStages: [ResponseComplete]\nrules: [{level: Request}]":                                    engine.Pass, // what was asked is not in the event before
		"rules: [{level: Request, verbs: [get, list, watch]}, {level: Metadata}]":                      engine.Pass, // which carry nothing
		"rules: [{level: RequestResponse, verbs: [get, list, watch]}, {level: Metadata}]":              engine.Fail,
		"rules: [{level: RequestResponse, verbs: [deletecollection]}, {level: Metadata}]":              engine.Fail, // which is answered with all of them
		"rules: [{level: RequestResponse, verbs: [delete], " + secrets + "}, {level: Metadata}]":       engine.Fail,
		"rules: [{level: Request, verbs: [delete, deletecollection]}, {level: Metadata}]":              engine.Pass,
		"rules: [{level: RequestResponse, verbs: [watch]}, {level: Metadata}]":                         engine.Pass, // whose answers are not recorded
		"rules: [{level: Metadata, " + secrets + "}, {level: Request}]":                                engine.Fail, // tokens that are verified
		"rules: [{level: Metadata, verbs: [get], " + secrets + "}, {level: Request, " + secrets + "}]": engine.Fail,
		"rules: [{level: Metadata, resources: [{group: '', resources: [secrets, serviceaccounts/token]}, {group: authentication.k8s.io, resources: [tokenreviews]}]}, {level: RequestResponse}]": engine.Pass,
		"rules: [{level: Metadata, resources: [{group: '', resources: [secrets]}, {group: authentication.k8s.io}]}, {level: RequestResponse}]":                                                   engine.Fail, // tokens that are given out
		"rules: [{level: Metadata, resources: [{group: '', resources: [secrets, '*/token']}, {group: authentication.k8s.io}]}, {level: RequestResponse}]":                                        engine.Pass,
		"rules: [{level: RequestResponse, resources: [{group: '', resources: [pods]}]}, {level: Metadata}]":                                                                                      engine.Pass,
		"rules: [{level: RequestResponse, resources: [{group: '', resources: ['*']}]}]":                                                                                                          engine.Fail,
		"rules: [{level: RequestResponse, users: [ann]}, {level: Metadata}]":                                                                                                                     engine.Fail,
		"rules: [{level: Request, users: ['system:kube-controller-manager']}, {level: Metadata}]":                                                                                                engine.Fail, // whoever writes them
		"rules: [{level: Request, namespaces: [pay]}, {level: Metadata}]":                                                                                                                        engine.Fail,
		"rules: [{level: None, users: [ann]}, {level: Request, users: [ann]}, {level: Metadata}]":                                                                                                engine.Unknown,
		"rules: [{level: None, users: [ann]}, {level: Request}]":                                                                                                                                 engine.Fail,
		"rules: [{level: Metadata, nonResourceURLs: ['/api*']}, {level: RequestResponse}]":                                                                                                       engine.Fail,
		"rules: [{level: Everything}]": engine.Unknown,
		"rules: []":                    engine.Unknown,
	} {
		w := cluster(t, mountingServer("cp-1"), serverFile("Policy", "etc:kube:audit.yaml", text))
		r := w.result(t, "audit-log-without-secret-values")
		d := ofFile(t, r, "Policy")
		assert.Equal(t, want, d.Verdict, "%s: %s", text, d.Sentence)
		assert.Equal(t, want, r.Verdict, text)
	}
	w := cluster(t, mountingServer("cp-1"), serverFile("Policy", "etc:kube:audit.yaml", "rules: [{level: RequestResponse, users: [ann], "+secrets+"}, {level: Metadata}]"))
	d := ofFile(t, w.result(t, "audit-log-without-secret-values"), "Policy")
	assert.Equal(t, `It writes into the log the contents of Secrets that are read (rules[0], of "ann"), the contents of Secrets that are written (rules[0], of "ann"), the contents of Secrets that are deleted (rules[0], of "ann")`, d.Sentence)
	assert.Equal(t, [2]string{"rules[0]", `"RequestResponse"`}, [2]string{d.Field, string(d.Value)})

	unseen := cluster(t, mountingServer("cp-1"))
	assert.Equal(t, engine.Unknown, unseen.result(t, "audit-log-without-secret-values").Verdict, "a policy that was not seen")
	others := cluster(t, mountingServer("cp-1"), serverFile("Policy", "home:audit.yaml", "rules: [{level: Metadata}]"))
	assert.Equal(t, engine.Unknown, others.result(t, "audit-log-without-secret-values").Verdict, "a file that no server is given")
	hidden := cluster(t, mountingServer("cp-1"), serverFile("Policy", "etc:kube:audit.yaml", "rules: [{level: Metadata}]")).hide(engine.AuditPolicyKind)
	assert.Equal(t, engine.Unknown, hidden.result(t, "audit-log-without-secret-values").Verdict, "another file that could not be read")
}
