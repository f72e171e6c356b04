{{/* The image with its tag; the chart's appVersion where none is given. */}}
{{- define "hello.image" -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
