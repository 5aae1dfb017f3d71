package policy

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tickmark/engine"
)

func TestAFieldThatNoObjectCanHaveIsRefused(t *testing.T) {
	over := func(kinds string) func(string) string {
		return func(text string) string { return strings.Replace(text, "kinds: [Pod]", "kinds: ["+kinds+"]", 1) }
	}
	both := over("Pod, Deployment.apps")
	for name, tc := range map[string]struct {
		expression, says string // says is what is wrong; "" where nothing is
		of               func(string) string
		more             string
	}{
		"asked for by has()":       {`!has(object.spec.hostPid) || !object.spec.hostPid`, `1:5: a Pod has no field "hostPid" in its PodSpec; is it "hostPID"?`, nil, ""},
		"on the second line":       {"true &&\n!has(object.spec.hostPid)", `p.yaml:11: expression: 2:5: a Pod`, nil, ""},
		"optional":                 {`object.spec.?hostnetwork.orValue(false) == false`, `is it "hostNetwork"?`, nil, ""},
		"deep and optional":        {`object.?spec.?securityContext.?runAsNonroot.orValue(true)`, `"runAsNonroot" in its PodSecurityContext`, nil, ""},
		"optional by a key":        {`object.spec[?'hostPid'].orValue(false) == false`, `"hostPid"`, nil, ""},
		"in a loop":                {`object.spec.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privilegd))`, `"privilegd" in its SecurityContext`, nil, ""},
		"in a loop in a loop":      {`object.spec.containers.all(c, c.env.all(e, !has(e.valuefrom)))`, `is it "valueFrom"?`, nil, ""},
		"of what was filtered":     {`object.spec.containers.filter(c, c.name != 'x').map(c, c.ports).all(p, p.all(q, !has(q.hostport)))`, `"hostport" in its ContainerPort`, nil, ""},
		"of lists that are joined": {`(object.spec.containers + object.spec.containers).all(c, !has(c.imagePolicy))`, `"imagePolicy" in its Container`, nil, ""},
		"of one item":              {`!has(object.spec.containers[0].securitycontext)`, `"securitycontext"`, nil, ""},
		"by a constant key":        {`!has(object['spec'].hostPid)`, `"hostPid"`, nil, ""},
		"by in":                    {`!('hostPid' in object.spec)`, `"hostPid"`, nil, ""},
		"through a variable":       {`!has(variables.s.hostPid)`, `"hostPid"`, nil, "variables: [{name: s, expression: object.spec}]"},
		"in a variable":            {`variables.s`, `variables[0].expression: 1:5:`, nil, `variables: [{name: s, expression: "!has(object.spec.hostPid)"}]`},
		"what takes an object out": {`false`, `notApplicableWhen: 1:5:`, nil, `notApplicableWhen: "!has(object.spec.hostPid)"`},
		"of the metadata":          {`!has(object.metadata.label)`, `"label" in its ObjectMeta`, nil, ""},
		"at the top":               {`!has(object.sepc)`, `a Pod has no field "sepc"`, nil, ""},
		"of the namespace":         {`!has(namespaceObject.metadata.lables)`, `"lables"`, nil, ""},
		"of the pod of a workload": {`!has(pod.spec.hostPid)`, `a Deployment.apps has no field "hostPid" in its PodSpec`, over("Deployment.apps"), ""},
		"of what is listed":        {`cluster.objects('Service').all(s, !has(s.spec.externalIps))`, `is it "externalIPs"?`, nil, "needs: [Service]"},
		"that one of two lacks":    {`!has(object.spec.hostPID)`, `a Deployment.apps has no field "hostPID" in its DeploymentSpec`, both, ""},
		"of either kind":           {`object.kind == 'Pod' ? !has(object.spec.hostPID) : !has(object.spec.template.spec.hostPID)`, "", both, ""},
		"that neither of two has":  {`object.kind == 'Pod' ? !has(object.spec.hostPid) : true`, `"hostPid"`, both, ""},
		"labels are free":          {`!has(object.metadata.labels.anything) && !('x/y' in object.metadata.annotations)`, "", nil, ""},
		"limits are free":          {`object.spec.containers.all(c, has(c.resources.limits.memory))`, "", nil, ""},
		"a list is no object":      {`!('x' in object.metadata.finalizers)`, "", nil, ""},
		"kinds of one's own":       {`!has(object.spec.anything)`, "", over("Widget.acme.example"), ""},
		"inlined fields":           {`object.spec.volumes.all(v, !has(v.hostPath)) && object.kind == 'Pod' && object.metadata.name != ''`, "", nil, ""},
		"of another version":       {`!has(object.spec.targetCPUUtilizationPercentage) && !has(object.spec.metrics)`, "", over("HorizontalPodAutoscaler.autoscaling"), ""},
		"what CEL cannot compare":  {`object.metadata.creationTimestamp > '2020' && object.spec.containers[0].ports[0].containerPort == 80`, "", nil, ""},
	} {
		text := policyOf(tc.expression, tc.more)
		if tc.of != nil {
			text = tc.of(text)
		}
		_, err := Read([]File{{"p.yaml", []byte(text)}}, World{Areas: testAreas})
		if tc.says == "" {
			assert.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, tc.says, name)
		assert.NotContains(t, err.Error(), "\n", name)
	}
}

func TestAnAdmissionPolicyThatMisspellsIsUnknown(t *testing.T) {
	for name, text := range map[string]string{
		"the validation": admitting(`!has(object.spec.hostPid)`),
		"a variable":     admitting(`variables.free`, `  variables: [{name: free, expression: "!has(object.spec.hostPid)"}]`),
		"a condition":    admitting(`true`, `  matchConditions: [{name: host, expression: "!has(object.spec.hostPid)"}]`),
		"bound":          admitting(`!has(object.spec.hostPid)`) + binding,
	} {
		r := admit(t, newWorld(t, onePod), text)
		require.Len(t, r.Details, 1, name)
		assert.Equal(t, engine.Unknown, r.Details[0].Verdict, name)
		assert.Contains(t, r.Details[0].Sentence, `a Pod has no field "hostPid"`, name)
	}
	of := strings.Replace(admitting(`!has(object.spec.hostPID)`), "resources: [pods]", "resources: [pods, configmaps]", 1)
	r := admit(t, newWorld(t, onePod), of)
	assert.Equal(t, 1, r.Count(engine.Pass), "a Pod has the field: %v", r.Details)
	assert.Equal(t, 1, r.Count(engine.Unknown), "a ConfigMap has not: %v", r.Details)
}
