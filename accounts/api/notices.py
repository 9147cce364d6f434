"""REST addresses of the notice board: operators write, members read in the portal."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Notice
from accounts.services import notices
from core.api import KeyPagination, StrictSerializer, principal_of, remembered


class BoardNoticeRequestSerializer(StrictSerializer):
    """A notice to be shown from now until a moment."""

    title_zh = serializers.CharField(max_length=60)
    title_en = serializers.CharField(max_length=120)
    text_zh = serializers.CharField(max_length=1000)
    text_en = serializers.CharField(max_length=2000)
    shown_until = serializers.DateTimeField()


class BoardNoticeSerializer(serializers.ModelSerializer[Notice]):
    class Meta:
        model = Notice
        fields = ("id", "title_zh", "title_en", "text_zh", "text_en", "shown_from", "shown_until")


class NewestFirst(KeyPagination):
    ordering = "-shown_from"


class NoticesView(GenericAPIView[Notice]):
    throttle_scope = "member"
    serializer_class = BoardNoticeSerializer
    pagination_class = NewestFirst
    queryset = Notice.objects.none()

    @extend_schema(operation_id="list_notices", responses=BoardNoticeSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Every notice, shown or over."""
        page = self.paginate_queryset(notices.all_notices(principal_of(request)))
        return self.get_paginated_response(BoardNoticeSerializer(page, many=True).data)

    @extend_schema(
        operation_id="post_notice",
        request=BoardNoticeRequestSerializer,
        responses={201: BoardNoticeSerializer},
    )
    @remembered
    def post(self, request: Request) -> Response:
        """Show a notice to every member, from now on."""
        wish = BoardNoticeRequestSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        given = dict(wish.validated_data)
        until = given.pop("shown_until")
        notice = notices.post_notice(principal=principal_of(request), text=notices.Text(**given), until=until)
        return Response(BoardNoticeSerializer(notice).data, 201)


class WithdrawNoticeView(APIView):
    throttle_scope = "member"

    @extend_schema(operation_id="withdraw_notice", request=None, responses=BoardNoticeSerializer)
    @remembered
    def post(self, request: Request, notice_id: UUID) -> Response:
        """Show a notice no more."""
        notice = notices.withdraw_notice(principal=principal_of(request), notice_id=notice_id)
        return Response(BoardNoticeSerializer(notice).data)
